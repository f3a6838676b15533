import { describe, expect, it } from 'vitest'
import { loadConfig, parseConfig } from '../hub/config.ts'
import { reportWithinOf, routeOf } from '../hub/settings/route-settings.ts'

/** The errors of a text, as `line:column: message`. */
function problems(text: string): string[] {
  const parsed = parseConfig('hub.yaml', text)
  return parsed.ok ? [] : parsed.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`)
}

const DAY = 24 * 3_600_000

describe('parseConfig', () => {
  it('says what it expects of numbers and sizes, with an example', () => {
    expect(problems('disk: { low: 1kB }')).toEqual([
      '1:14: Cannot take "disk.low": is "1kB", expected whole MB as a number without a unit, such as 2048',
    ])
    expect(problems('disk: yes')).toEqual([
      '1:7: Cannot take "disk": is "yes", expected how many MB for what, such as { low: 2048, reserve: 64 }',
    ])
    expect(problems('http: { port: 99999 }')).toEqual([
      '1:15: Cannot take "http.port": is 99999, expected a port from 0 (any free one) to 65535, such as 8080',
    ])
    expect(
      problems('mqtt: { maxKeepalive: 5, maxConnections: many, limits: { gateway: { rate: 1.5 } } }'),
    ).toEqual([
      '1:23: Cannot take "mqtt.maxKeepalive": is 5, expected at least 10',
      '1:42: Cannot take "mqtt.maxConnections": is "many", expected a number, such as 10',
      '1:75: Cannot take "mqtt.limits.gateway.rate": is 1.5, expected a whole number, such as 10',
    ])
    expect(problems('http: here')).toEqual([
      '1:7: Cannot take "http": expected keys and values, such as { key: value }',
    ])
  })

  it('is all defaults for an empty text, and listens on loopback only', () => {
    const parsed = parseConfig('hub.yaml', '\n# nothing\n')
    expect(parsed).toEqual({
      ok: true,
      value: {
        data: 'data',
        messages: {
          links: { sms: 'auto', email: 'always', webhook: 'always' },
          shown: ['staff', 'nurse'],
          status: { valid: 604_800_000, call: [] },
        },
        mqtt: {
          host: '127.0.0.1',
          port: 1883,
          maxPacket: 262_144,
          maxConnections: 20_000,
          maxKeepalive: 90,
          limits: {
            address: {
              connections: 2000,
              newConnections: 50,
              failedSignIns: 20,
              except: ['127.0.0.1', '::1'],
            },
            gateway: { connections: 20, rate: 50, backlog: 200_000 },
          },
        },
        http: { host: '127.0.0.1', port: 8080, metrics: 'loopback' },
        channels: [],
        connectors: [],
        routes: {},
        session: { idle: 1_800_000 },
        visits: { checkEvery: 12 },
        keep: {
          readings: 365 * DAY,
          undecoded: 90 * DAY,
          alerts: 3 * 365 * DAY,
          messages: 400 * DAY,
          audit: 5 * 365 * DAY,
          closedHomes: 365 * DAY,
          certificates: 5 * 365 * DAY,
          protectionMonths: 5 * 365 * DAY,
          removedPeople: 365 * DAY,
        },
        disk: {},
      },
    })
  })

  it('takes everything that there is', () => {
    const text = `
data: /var/lib/aal
rules: /etc/aal/rules
profiles: /etc/aal/profiles
mqtt: { host: 0.0.0.0, plain: allowed, port: 1884, maxPacket: 65536, maxConnections: 100, maxKeepalive: 60, limits: {
  address: { connections: 10, newConnections: 5, failedSignIns: 3, except: [10.0.0.1, "2001:db8::1"] },
  gateway: { connections: 2, rate: 10, backlog: 0 } } }
http: { host: 0.0.0.0, plain: allowed, port: 8081, url: https://hub.example, trustProxy: 10.0.0.7, metrics: all }
influxdb: { url: "http://localhost:8086", database: aal, username: hub, password: secret }
sms:
  kannel:
    url: http://localhost:13013/cgi-bin/sendsms
    username: hub
    password: secret
    from: "2000"
    secret: abcdefghijklmnopqrstuv
`
    expect(problems(text)).toEqual([])
    expect(parseConfig('hub.yaml', text)).toMatchObject({ value: { mqtt: { port: 1884, maxKeepalive: 60 } } })
  })

  it.each([
    ['an unknown key', 'dtaa: x', /^1:1: Cannot use the key "dtaa" here: it is not known/],
    [
      'an unknown key below',
      'mqtt:\n  porrt: 1',
      /^2:3: Cannot use the key "porrt" here.*did you mean "port"/,
    ],
    ['a port too high', 'mqtt: { port: 65536 }', /^1:15: Cannot take "mqtt\.port": .*65535/],
    [
      'a name instead of an address',
      'mqtt: { limits: { address: { except: [proxy.example] } } }',
      /^1:39: Cannot take "mqtt\.limits\.address\.except\.0": .*IP address/,
    ],
    ['a word as a port', 'http: { port: http }', /^1:15: Cannot take "http\.port": /],
    ['a URL that is none', 'influxdb: { url: localhost }', /^1:18: Cannot take "influxdb\.url": .*URL/],
    ['no URL', 'influxdb: { database: x }', /^1:1: Cannot take "influxdb\.url": is missing/],
    [
      'a secret that can be guessed',
      'sms: { kannel: { url: "http://k", username: u, password: p, secret: short } }',
      /^1:69: Cannot take "sms\.kannel\.secret": .*22/,
    ],
    ['plain MQTT on a network', 'mqtt: { host: 10.0.0.2 }', /^1:15: .*no TLS.*mqtt\.plain: allowed/],
    ['plain HTTP on a network', 'http: { host: "::" }', /^1:15: .*no TLS.*http\.plain: allowed/],
    [
      'plain WebSocket on a network',
      'mqtt: { websocket: { port: 9001, host: 0.0.0.0 } }',
      /^1:\d+: .*"mqtt\.websocket\.host".*mqtt\.plain: allowed/,
    ],
    ['a word for plain text that is none', 'http: { plain: yes }', /^1:16: Cannot take "http\.plain"/],
    [
      'all proxies',
      'http: { trustProxy: true }',
      /^1:21: .*trustProxy.*expected the addresses of your proxies/,
    ],
    ['a number of proxies', 'http: { trustProxy: 1 }', /^1:21: .*trustProxy.*expected the addresses/],
    ['a proxy by name', 'http: { trustProxy: [proxy] }', /^1:22: .*"proxy" is no address and no network/],
    ['a network of all', 'http: { trustProxy: ["0.0.0.0/0"] }', /^1:22: .*would believe nearly everybody/],
    ['a network that is none', 'http: { trustProxy: 10.0.0.0/33 }', /^1:\d+: .*expected \/8 to \/32/],
    ['no proxy', 'http: { trustProxy: [] }', /^1:21: .*expected the addresses of your proxies/],
    ['a list', '- data', /^1:1: Cannot take the file: /],
    ['broken YAML', 'mqtt: { port: 1', /^1:\d+: Cannot read this YAML: /],
    ['a key twice', 'data: a\ndata: b', /^2:1: Cannot read this YAML: .*unique/],
  ])('refuses %s with its place', (_, text, expected) => {
    const [first, ...more] = problems(text)
    expect(first).toMatch(expected)
    expect(more).toEqual([])
  })
})

it.each([
  'mqtt: { host: localhost }',
  'mqtt: { host: 127.0.0.2 }',
  'http: { host: "::1" }',
  'http: { host: 0.0.0.0, plain: allowed }',
  'http: { host: 0.0.0.0, tls: { cert: /c, key: /k } }',
  'mqtt: { tls: { cert: /c, key: /k }, websocket: { port: 9001 } }',
])('parseConfig takes %s, where nobody reads along or somebody said that it may be', (text) => {
  expect(problems(text)).toEqual([])
})

describe('channels and routes', () => {
  const gammu = '{ name: modem, type: gammu, spool: /s }'
  const mail = '{ name: mail, type: email, host: h, from: a@b.no }'

  it('take sms.kannel as the first of the channels', () => {
    const parsed = parseConfig(
      'hub.yaml',
      `sms: { kannel: { url: "http://k", username: u, passwordFile: /p, secretFile: /s } }\nchannels: [${gammu}, ${mail}]`,
    )
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    expect(routeOf(parsed.value, 'sms').map(({ name }) => name)).toEqual(['kannel', 'modem'])
    expect(routeOf(parsed.value, 'email').map(({ name }) => name)).toEqual(['mail'])
    expect(routeOf(parsed.value, 'webhook')).toEqual([])
  })

  it('have the order of the route, and leave out what it does not name', () => {
    const parsed = parseConfig(
      'hub.yaml',
      `channels: [${gammu}, { name: a, type: gammu, spool: /a }, { name: b, type: gammu, spool: /b }]\nroutes: { sms: [b, modem] }`,
    )
    expect(parsed.ok && routeOf(parsed.value, 'sms').map(({ name }) => name)).toEqual(['b', 'modem'])
  })

  it('wait for a report of a delivery as the route says, two minutes where it does not', () => {
    const within = (routes: string) => {
      const parsed = parseConfig('hub.yaml', `channels: [${gammu}]\nroutes: ${routes}`)
      return parsed.ok ? [reportWithinOf(parsed.value, 'sms'), routeOf(parsed.value, 'sms').length] : parsed
    }
    expect(within('{}')).toEqual([120_000, 1])
    expect(within('{ sms: [modem] }')).toEqual([120_000, 1])
    expect(within('{ sms: { channels: [modem] } }')).toEqual([120_000, 1])
    expect(within('{ sms: { channels: [modem], reportWithin: 45s } }')).toEqual([45_000, 1])
    expect(within('{ sms: { channels: [modem], reportWithin: never } }')).toEqual([undefined, 1])
  })

  it.each([
    [
      'a time for reports that is too short',
      `channels: [${gammu}]\nroutes: { sms: { channels: [modem], reportWithin: 1s } }`,
      /^2:\d+: .*reportWithin.*at least 10s/,
    ],
    [
      'a key of a route that is none',
      `channels: [${gammu}]\nroutes: { sms: { channels: [modem], reportWithn: 1m } }`,
      /^2:\d+: .*reportWithn.*not known/,
    ],
    [
      'a type that is none',
      'channels: [{ name: x, type: fax }]',
      /^1:29: .*"channels\.0\.type": .*kannel, gammu/,
    ],
    [
      'a name that is no part of an address',
      'channels: [{ name: A B, type: gammu, spool: /s }]',
      /^1:20: .*small/,
    ],
    [
      'an unknown key',
      'channels: [{ name: x, type: gammu, spol: /s, spool: /s }]',
      /^1:36: .*spol.*did you mean "spool"/,
    ],
    ['a name twice', `channels: [${gammu}, ${gammu}]`, /^1:\d+: .*another channel/],
    [
      'a route to nowhere',
      `channels: [${gammu}]\nroutes: { sms: [mdoem] }`,
      /^2:17: .*no channel "mdoem".*modem/,
    ],
    [
      'a route to another kind',
      `channels: [${gammu}, ${mail}]\nroutes: { sms: [mail] }`,
      /^2:17: .*type email/,
    ],
    [
      'a channel twice in a route',
      `channels: [${gammu}]\nroutes: { sms: [modem, modem] }`,
      /^2:24: .*already/,
    ],
    [
      'no secret',
      'channels: [{ name: k, type: kannel, url: "http://k", username: u, password: p }]',
      /^1:12: .*expected secret or secretFile/,
    ],
    [
      'a secret twice',
      'channels: [{ name: w, type: webhook, url: "http://w", secret: whsec_x, secretFile: /s }]',
      /^1:12: .*only one of secret or secretFile/,
    ],
    [
      'a password without a name',
      'channels: [{ name: mail, type: email, host: h, from: a@b.no, password: p }]',
      /^1:12: .*password and no username/,
    ],
    [
      'a sender of Twilio twice over',
      `channels: [{ name: t, type: twilio, accountSid: AC${'0'.repeat(32)}, authToken: x }]`,
      /^1:12: .*either from or messagingServiceSid/,
    ],
    [
      'a placeholder that is none',
      'channels: [{ name: h, type: http, request: { url: "http://h/{phone}" } }]',
      /^1:51: .*\{phone\}.*known are to, digits/,
    ],
    [
      'two bodies',
      'channels: [{ name: h, type: http, request: { url: "http://h", form: { a: b }, xml: x } }]',
      /^1:\d+: .*form and xml/,
    ],
    [
      'reports without a token',
      'channels: [{ name: h, type: http, request: { url: "http://h" }, reports: { status: s, delivered: [d] } }]',
      /^1:12: .*token or tokenFile/,
    ],
    [
      'a pattern that is none',
      'channels: [{ name: h, type: http, request: { url: "http://h" }, success: { matches: "(" } }]',
      /^1:\d+: .*regular expression/,
    ],
    [
      'an answer that is never and always',
      'channels: [{ name: h, type: http, request: { url: "http://h" }, never: [{}] }]',
      /^1:\d+: .*every answer/,
    ],
  ])('refuse %s with its place', (_, text, expected) => {
    const [first, ...more] = problems(text)
    expect(first).toMatch(expected)
    expect(more).toEqual([])
  })
})

describe('influxdb', () => {
  const YEAR = 365 * 86_400_000
  const two = 'version: 2, url: "http://i:8086", org: care'
  const influxOf = (text: string) => {
    const parsed = parseConfig('hub.yaml', `influxdb: ${text}`)
    return parsed.ok ? parsed.value.influxdb : parsed.problems
  }

  it('is of 1.x, keeps points for two years and hours for ten, where nothing else is said', () => {
    expect(influxOf('{ url: "http://i:8086" }')).toEqual({
      url: 'http://i:8086',
      version: 1,
      keep: 2 * YEAR,
      keepHourly: 10 * YEAR,
      graphs: 'influxdb',
    })
  })

  it.each([
    ['90d', 90 * 86_400_000],
    ['1h', 3_600_000],
    ['2y', 2 * YEAR],
    ['forever', 0],
    ['0', 0],
    ['"0"', 0],
  ])('keep: %s is %d ms, 0 being for ever', (text, ms) => {
    expect(influxOf(`{ url: "http://i", keep: ${text} }`)).toMatchObject({ keep: ms })
  })

  it('takes 2.x with a token in a file', () => {
    expect(influxOf(`{ ${two}, bucket: x, tokenFile: /t }`)).toMatchObject({
      version: 2,
      org: 'care',
      bucket: 'x',
      tokenFile: '/t',
    })
  })

  it.each([
    ['{ url: "http://i", version: 3 }', /^influxdb\.version.*expected 1 or 2/],
    ['{ url: "mqtt://i" }', /^influxdb\.url.*expected http:/],
    ['{ url: "http://i", keep: 90 }', /^influxdb\.keep.*is 90, expected a duration/],
    ['{ url: "http://i", keep: 30m }', /^influxdb\.keep.*is "30m", expected a duration of whole hours/],
    ['{ url: "http://i", keepHourly: -1d }', /^influxdb\.keepHourly.*is "-1d"/],
    ['{ url: "http://i", org: care }', /^influxdb\.org.*is of InfluxDB 2\.x, expected "version: 2"/],
    ['{ url: "http://i", username: u, password: p, passwordFile: /p }', /stands beside passwordFile/],
    ['{ url: "http://i", passwordFile: /p }', /^influxdb\.username.*is missing/],
    [`{ ${two} }`, /^influxdb\.tokenFile.*is missing, expected a file with the token/],
    [`{ ${two}, token: t, tokenFile: /t }`, /^influxdb\.token.*stands beside tokenFile, expected one/],
    ['{ version: 2, url: "http://i", token: t }', /^influxdb\.org.*is missing/],
    [`{ ${two}, token: t, database: aal }`, /^influxdb\.database.*is of InfluxDB 1\.x/],
    [`{ version: 2, url: "http://u:p@i", org: o, token: t }`, /^influxdb\.url.*has a user name in it/],
  ])('refuses %s', (text, expected) => {
    const found = problems(`influxdb: ${text}`).map((one) =>
      one.replace(/^\d+:\d+: Cannot take "([^"]+)":/, '$1:'),
    )
    expect(found).toEqual([expect.stringMatching(expected)])
  })
})

describe('loadConfig', () => {
  it('is all defaults without a file', async () => {
    expect(await loadConfig(undefined)).toMatchObject({ data: 'data' })
  })

  it('names a file that cannot be read', async () => {
    await expect(loadConfig('/nowhere/hub.yaml')).rejects.toThrow(
      /^Cannot read the configuration \/nowhere\/hub\.yaml: no such file or directory/,
    )
  })
})
