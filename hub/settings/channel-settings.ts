import { z } from 'zod'

/** What can stand in braces in a template of an HTTP gateway, beside `secret.NAME`. */
export const PLACEHOLDERS = ['to', 'digits', 'text', 'id', 'delivery'] as const

const CHANNEL_KINDS = {
  kannel: 'sms',
  gammu: 'sms',
  'gammu-sqlite': 'sms',
  twilio: 'sms',
  http: 'sms',
  email: 'email',
  webhook: 'webhook',
} as const

const TYPES = Object.keys(CHANNEL_KINDS).join(', ')

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected small letters, digits and hyphens: it is part of addresses')
  .describe('Own name: in routes, in alerts, and in the addresses that the provider calls.')
const file = z.string().min(1).describe('A file whose first line is the secret, so that it is not here.')
const token = z.string().min(22, 'expected at least 22 random characters: openssl rand -base64 24')
const pointer = z
  .string()
  .min(1)
  .describe('A JSON pointer [RFC 6901] such as /data/0/id, or the name of a form or query field.')
const pattern = z
  .string()
  .min(1)
  .refine(isPattern, 'is no regular expression')
  .describe('A regular expression.')

const kannel = {
  url: z.url().describe('Of sendsms: http://127.0.0.1:13013/cgi-bin/sendsms'),
  username: z.string(),
  password: z.string().optional(),
  passwordFile: file.optional(),
  from: z.string().optional().describe('The number that contacts see and answer to.'),
  secret: token
    .optional()
    .describe('Random, at least 22 characters: part of the addresses that Kannel calls.'),
  secretFile: file.optional(),
  status: z
    .strictObject({
      url: z.url().describe('Of bearerbox: http://127.0.0.1:13000/status.txt'),
      password: z.string().optional(),
      passwordFile: file.optional(),
      smsc: z.string().optional().describe('The smsc-id that must be online; any one when not given.'),
    })
    .optional()
    .describe(
      'The status page, which knows whether the SMS centre is there. Without it only sendsms is asked.',
    ),
}

/** `sms.kannel`, the short form of one channel. */
export const kannelSchema = z.strictObject(kannel).superRefine(wantSecrets('password', 'secret'))

const gammu = z.strictObject({
  name,
  type: z.literal('gammu'),
  spool: z.string().min(1).describe('Folder with inbox, outbox, sent and error: the paths of gammu-smsdrc.'),
  inbox: z.string().min(1).optional(),
  outbox: z.string().min(1).optional(),
  sent: z.string().min(1).optional(),
  error: z.string().min(1).optional(),
  smsdrc: z
    .string()
    .min(1)
    .optional()
    .describe('gammu-smsdrc, for gammu-smsd-monitor: it says whether the modem has a network.'),
})

const gammuSqlite = z.strictObject({
  name,
  type: z.literal('gammu-sqlite'),
  database: z.string().min(1).describe('The SQLite file of Gammu SMSD: dbdir and database of gammu-smsdrc.'),
  reports: z
    .boolean()
    .default(true)
    .describe('Whether the network is asked to tell of deliveries; false for modems that pass none on.'),
})

const twilio = z.strictObject({
  name,
  type: z.literal('twilio'),
  accountSid: z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'expected AC and 32 digits of hexadecimal'),
  authToken: z.string().min(1).optional(),
  authTokenFile: file.optional(),
  from: z.string().min(1).optional().describe('A number of this account, or a sender name.'),
  messagingServiceSid: z
    .string()
    .regex(/^MG[0-9a-fA-F]{32}$/)
    .optional(),
  url: z.url().optional().describe('Of the API where it is not Twilio itself: a region, or a proxy.'),
})

const condition = z.strictObject({
  status: z.array(z.int().min(100).max(599)).min(1).optional(),
  at: pointer.optional().describe('Where in the answer to look; the whole text when not given.'),
  matches: pattern.optional(),
})

const http = z.strictObject({
  name,
  type: z.literal('http'),
  request: z.strictObject({
    url: z.string().min(1).describe('May have {to}, {digits}, {text}, {id}, {delivery}, {secret.NAME}.'),
    method: z.enum(['GET', 'POST', 'PUT']).default('POST'),
    headers: z.record(z.string(), z.string()).default({}),
    basic: z
      .strictObject({
        username: z.string(),
        password: z.string().optional(),
        passwordFile: file.optional(),
      })
      .optional(),
    json: z.json().optional().describe('Body as JSON; in its texts the same placeholders.'),
    form: z.record(z.string(), z.string()).optional().describe('Body as a form.'),
    xml: z.string().optional().describe('Body as XML; values are escaped.'),
  }),
  secrets: z
    .record(
      z.string().regex(/^\w+$/),
      z.union([z.strictObject({ value: z.string() }), z.strictObject({ file })]),
    )
    .default({})
    .describe('For {secret.NAME}.'),
  success: condition.prefault({}).describe('What an answer must be like; any 2xx when no status is given.'),
  never: z
    .array(
      condition.refine(
        (one) => Object.keys(one).length > 0,
        'is every answer: expected status, at or matches',
      ),
    )
    .default([])
    .describe('Answers after which the same message will never go this way. All others are tried again.'),
  reference: z
    .strictObject({ at: pointer.optional(), matches: pattern.optional() })
    .optional()
    .describe('Where the answer has the provider’s id of the message.'),
  token: token.optional().describe('Part of the addresses that the provider calls, as ?token=….'),
  tokenFile: file.optional(),
  reports: z
    .strictObject({
      list: pointer.optional().describe('Where one call brings several reports.'),
      id: pointer
        .default('id')
        .describe('The hub’s own id of the message; {delivery} has it as the query field id.'),
      status: pointer,
      delivered: z.array(z.string()).min(1),
      failed: z.array(z.string()).default([]),
      reason: pointer.optional(),
    })
    .optional()
    .describe('What the provider tells of deliveries, at /hooks/NAME/delivery.'),
  inbound: z
    .strictObject({
      list: pointer.optional(),
      from: pointer,
      text: pointer,
      id: pointer
        .optional()
        .describe('The id that the provider gives the SMS: what is told again with it is not taken twice.'),
    })
    .optional()
    .describe('Answers from phones, at /hooks/NAME/inbound.'),
  check: z
    .strictObject({ url: z.url(), status: z.array(z.int()).min(1).optional() })
    .optional()
    .describe('An address to GET every minute; without it, whether the server can be reached.'),
})

const email = z.strictObject({
  name,
  type: z.literal('email'),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).optional().describe('587 with STARTTLS, 465 with TLS, 25 without.'),
  tls: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('none: for a mail server on this machine.'),
  ca: file.optional().describe('Certificates (PEM) to trust beside the well-known ones.'),
  username: z.string().optional(),
  password: z.string().optional(),
  passwordFile: file.optional(),
  from: z.email().describe('The sender.'),
  fromName: z.string().max(100).optional(),
})

const webhook = z.strictObject({
  name,
  type: z.literal('webhook'),
  url: z.url({ protocol: /^https?$/ }),
  secret: z.string().optional().describe('whsec_ and at least 24 bytes of base64 [Standard Webhooks].'),
  secretFile: file.optional(),
  giveUpAfter: z.int().min(1).max(30).default(3).describe('Days.'),
})

const channelSchema = z.discriminatedUnion(
  'type',
  [
    z
      .strictObject({ name, type: z.literal('kannel'), ...kannel })
      .superRefine(wantSecrets('password', 'secret')),
    gammu,
    gammuSqlite,
    twilio.superRefine(wantSecrets('authToken')).superRefine((one, context) => {
      if ((one.from === undefined) === (one.messagingServiceSid === undefined)) {
        context.addIssue({ code: 'custom', message: 'expected either from or messagingServiceSid' })
      }
    }),
    http.superRefine(checkHttp),
    email.superRefine((one, context) => {
      const hasPassword = one.password !== undefined || one.passwordFile !== undefined
      if (one.username !== undefined || hasPassword) wantSecrets('password')(one, context)
      if (hasPassword && one.username === undefined) {
        context.addIssue({ code: 'custom', message: 'has a password and no username' })
      }
    }),
    webhook.superRefine(wantSecrets('secret')),
  ],
  { error: `expected one of the types ${TYPES}` },
)

export type ChannelSettings = z.output<typeof channelSchema>
export type HttpSettings = Extract<ChannelSettings, { type: 'http' }>
export type KannelSettings = z.output<typeof kannelSchema>

export const channelsSchema = z.array(channelSchema).default([])

export function kindOf({ type }: Pick<ChannelSettings, 'type'>): 'sms' | 'email' | 'webhook' {
  return CHANNEL_KINDS[type]
}

/** Each secret once: as itself, or as a file. */
function wantSecrets(...keys: readonly string[]) {
  return (value: object, context: z.core.$RefinementCtx): void => checkSecrets(value, keys, [], context)
}

function checkSecrets(
  value: object,
  keys: readonly string[],
  path: PropertyKey[],
  context: z.core.$RefinementCtx,
): void {
  const given: Readonly<Record<string, unknown>> = { ...value }
  for (const key of keys) {
    const count = Number(given[key] !== undefined) + Number(given[`${key}File`] !== undefined)
    if (count === 1) continue
    const message = `expected ${count === 0 ? '' : 'only one of '}${key} or ${key}File`
    context.issues.push({ code: 'custom', path, message, input: value })
  }
}

function checkHttp(one: z.output<typeof http>, context: z.core.$RefinementCtx): void {
  const issue = (path: PropertyKey[], message: string): void => {
    context.issues.push({ code: 'custom', path, message, input: one })
  }
  const { request } = one
  const bodies = (['json', 'form', 'xml'] as const).filter((key) => request[key] !== undefined)
  if (bodies.length > 1) issue(['request'], `expected one body, there are ${bodies.join(' and ')}`)
  if (bodies.length > 0 && request.method === 'GET') issue(['request', 'method'], 'is GET, which has no body')
  if (request.basic) checkSecrets(request.basic, ['password'], ['request', 'basic'], context)
  if (!URL.canParse(request.url.replace(/\{[^}]*\}/g, 'x'))) issue(['request', 'url'], 'is no URL')
  const templates: [PropertyKey[], unknown][] = [
    [['request', 'url'], request.url],
    [['request', 'headers'], request.headers],
    [['request', 'form'], request.form],
    [['request', 'json'], request.json],
    [['request', 'xml'], request.xml],
  ]
  const known = new Set<string>([...PLACEHOLDERS, ...Object.keys(one.secrets).map((key) => `secret.${key}`)])
  for (const [path, template] of templates) {
    for (const [, placeholder = ''] of (JSON.stringify(template) ?? '').matchAll(/\{([\w.]+)\}/g)) {
      if (!known.has(placeholder)) {
        issue(path, `has {${placeholder}}, which is not known; known are ${[...known].join(', ')}`)
      }
    }
  }
  const isCalled = one.reports !== undefined || one.inbound !== undefined
  if (isCalled || one.token !== undefined || one.tokenFile !== undefined) {
    const count = Number(one.token !== undefined) + Number(one.tokenFile !== undefined)
    if (count !== 1) issue([], 'expected token or tokenFile: it proves that the provider calls')
  }
  if (JSON.stringify(request).includes('{delivery}') && one.reports === undefined) {
    issue(['request'], 'has {delivery}, and there is no reports to say how to read what comes')
  }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}
