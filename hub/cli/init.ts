import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { TokenView } from '../http/token-routes.ts'
import type { Scope } from '../model/person.ts'
import { CERTIFICATE_ENDS } from '../watch/judge-system.ts'
import { CommandError } from './command-error.ts'
import { hubYaml } from './init-hub-yaml.ts'
import { makeFolder, placeFile, placeSecrets, readableByAll, readSecretLine } from './init-secrets.ts'
import type { Placed, Readable } from './init-secrets.ts'
import { withApi } from './open-api.ts'
import { printJson, printLine, printMessage, showTime } from './print.ts'

interface Own {
  readonly host?: readonly string[]
  readonly compose?: boolean
}

/** Tokens of neighbours: Grafana gives back its own alerts, Node-RED reads, answers and raises. */
const TOKENS: readonly {
  readonly name: string
  readonly folder: string
  readonly scopes: readonly Scope[]
}[] = [
  { name: 'grafana', folder: 'grafana', scopes: ['raise:alerts'] },
  {
    name: 'node-red',
    folder: 'node-red',
    scopes: ['read:alerts', 'act:alerts', 'raise:alerts', 'read:history'],
  },
]
/** Who checks that the hub is the hub by the authority that signed it. */
const TRUSTING = ['grafana', 'node-red']

/** `aal init` */
export function addInitCommand(program: Command): void {
  program
    .command('init [dir]')
    .description('Make ready what a first start needs: settings, certificate, secrets')
    .option('--host <names...>', 'host names and IP addresses that boxes and browsers reach the hub by')
    .option('--compose', 'for docker-compose.yml: the containers get their settings there')
    .addHelpText(
      'after',
      '\nWhat is there already stays as it is: again is safe at any time. DIR is "aal" when not given.' +
        '\n\nExamples:\n  aal init\n  aal init /etc/aal --data /var/lib/aal --host hub.example.org 10.0.0.2',
    )
    .action(async (dir: string | undefined, own: Own, command: Command) => {
      const options = command.optsWithGlobals<{ data?: string; config?: string; json?: boolean }>()
      if (options.config !== undefined) {
        throw new CommandError('Cannot take --config: "aal init" makes one. Name a folder: aal init DIR', 2)
      }
      const folder = resolve(dir ?? 'aal')
      const data = resolve(options.data ?? join(folder, 'data'))
      const readable: Readable = own.compose ? 'group' : 'owner'
      const hosts = own.host ?? [hostname()]
      for (const host of hosts) checkHost(host)

      await makeFolder(folder, readable)
      const placed: Placed[] = []
      placed.push(...(await placeSecrets(join(folder, 'secrets'), readable)))
      const tls = await placeCertificate(join(folder, 'tls'), data, [...hosts, ...LOCAL], own.host ?? [])
      placed.push(...tls.placed)
      const ca = await readFile(join(folder, 'tls', 'ca.pem'), 'utf8').catch(() => undefined)
      for (const name of ca === undefined ? [] : TRUSTING) {
        placed.push(await placeFile(join(folder, 'secrets', name, 'ca.pem'), ca ?? '', readable))
      }
      const notes = [...tls.notes]
      const tokens = await placeTokens(join(folder, 'secrets'), data, readable)
      placed.push(...tokens.placed)
      notes.push(...tokens.notes)
      if (!own.compose) {
        const text = hubYaml({
          data,
          tls: join(folder, 'tls'),
          secrets: join(folder, 'secrets', 'hub'),
          ...(own.host?.[0] !== undefined && { url: `https://${inUrl(own.host[0])}:8443` }),
          neighbours: { influxdb: '127.0.0.1', kannel: '127.0.0.1', kannelAdmin: '127.0.0.1' },
        })
        placed.push(await placeFile(join(folder, 'hub.yaml'), text, readable))
      }
      const secret = placed.map(({ path }) => path).filter((path) => !path.endsWith('.yaml'))
      for (const path of await readableByAll(secret.filter((one) => !/(ca|cert)\.pem$/.test(one)))) {
        notes.push(`${path} can be read by everybody on this machine: chmod 600 ${path}`)
      }
      tell({ folder, placed, notes, isCompose: own.compose === true, json: options.json === true })
    })
}

/** The names by which programs on the same machine, and the check of a container, reach the hub. */
const LOCAL = ['localhost', '127.0.0.1']

interface Found {
  readonly placed: readonly Placed[]
  /** What people should know or do. */
  readonly notes: readonly string[]
}

/** The hub's own certificate, signed by the authority of its data folder; one that is there stays. @param asked the names that it was asked for */
async function placeCertificate(
  folder: string,
  data: string,
  names: readonly string[],
  asked: readonly string[],
): Promise<Found> {
  const paths = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), ca: join(folder, 'ca.pem') }
  const again = `aal certificate create --data ${data} --host ${names.join(' ')} --out ${folder} --force`
  const there = await readFile(paths.cert, 'utf8').catch(() => undefined)
  if (there !== undefined) {
    return { placed: [{ path: paths.cert, isNew: false }], notes: notesOf(paths.cert, there, asked, again) }
  }
  await makeFolder(data, 'owner')
  const { openAuthority } = await import('../certificates/authority.ts')
  const authority = await openAuthority(join(data, 'certificates'), Date.now())
  const made = await authority.issueServer([...new Set(names)], Date.now())
  // The certificate last: with it, the three are whole.
  const placed = [
    await placeFile(paths.key, made.key ?? '', 'owner'),
    await placeFile(paths.ca, authority.certificate, 'owner'),
  ]
  if (!placed[0]?.isNew) {
    throw new CommandError(
      `Cannot make a certificate for ${paths.key}: the key is there and its certificate is not. Put cert.pem beside it, or delete it and run "aal init" again.`,
    )
  }
  placed.push(await placeFile(paths.cert, made.certificate, 'owner'))
  return { placed, notes: [] }
}

function notesOf(path: string, pem: string, names: readonly string[], again: string): string[] {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(pem)
  } catch {
    return [`${path} is no certificate: the hub will not start with it. Make one: ${again}`]
  }
  const notes: string[] = []
  const missing = names.filter(
    (name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) === undefined,
  )
  const [first] = missing
  if (first !== undefined) notes.push(`${path} is not for ${first}. One that is: ${again}`)
  const until = Date.parse(certificate.validTo)
  if (until - Date.now() < CERTIFICATE_ENDS) {
    notes.push(`${path} ends ${showTime(until)}. A new one: ${again}`)
  }
  return notes
}

/** Tokens are made by the hub: the one that runs, else its data folder is opened for this. */
async function placeTokens(folder: string, data: string, readable: Readable): Promise<Found> {
  const wanted: (typeof TOKENS)[number][] = []
  const placed: Placed[] = []
  for (const token of TOKENS) {
    const path = join(folder, token.folder, 'hub-token')
    if ((await readSecretLine(path)) === undefined) wanted.push(token)
    else placed.push({ path, isNew: false })
  }
  if (wanted.length === 0) return { placed, notes: [] }
  const notes: string[] = []
  await withApi(
    { data },
    async (api) => {
      const { tokens } = (await api.call('GET', '/api/tokens')) as { tokens: readonly TokenView[] }
      const taken = new Set(tokens.map(({ name }) => name))
      for (const { name, folder: reader, scopes } of wanted) {
        let free = name
        for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`
        const made = (await api.call('POST', '/api/tokens', { name: free, scopes })) as { token: string }
        placed.push(await placeFile(join(folder, reader, 'hub-token'), `${made.token}\n`, readable))
        if (free !== name) {
          notes.push(
            `The token ${name} was made before and its file is not here: made ${free}. If nothing uses the old one: aal token revoke ${name}`,
          )
        }
      }
    },
    true,
  )
  return { placed, notes }
}

interface Told {
  readonly folder: string
  readonly placed: readonly Placed[]
  readonly notes: readonly string[]
  readonly isCompose: boolean
  readonly json: boolean
}

function tell({ folder, placed, notes, isCompose, json }: Told): void {
  const made = placed.filter(({ isNew }) => isNew).map(({ path }) => path)
  const stayed = placed.length - made.length
  if (json) {
    printJson({ folder, made, stayed: placed.filter(({ isNew }) => !isNew).map(({ path }) => path), notes })
    return
  }
  if (made.length > 0) printLine(made.join('\n'))
  printMessage(
    [
      made.length === 0
        ? `Everything is in ${folder} already: nothing changed.`
        : `\nMade ${made.length} files${stayed > 0 ? `; ${stayed} that were there stay as they are` : ''}.`,
      ...notes.map((note) => `Note: ${note}`),
      ...(isCompose
        ? []
        : [
            `Next: aal start --config ${join(folder, 'hub.yaml')}   (it prints a link that signs the first admin in)`,
            `Boxes know the hub by ${join(folder, 'tls', 'ca.pem')}; browsers warn until it is installed there. The folder is part of every backup, and secret.`,
          ]),
    ].join('\n'),
  )
}

function checkHost(name: string): void {
  if (/^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/.test(name)) return
  throw new CommandError(`Cannot use the host "${name}": expected a host name or an IP address.`, 2)
}

/** IPv6 addresses stand in brackets. */
function inUrl(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}
