import { describe, expect, it } from 'vitest'
import { loadConfig, parseConfig } from '../hub/config.ts'

/** The errors of a text, as `line:column: message`. */
function problems(text: string): string[] {
  const parsed = parseConfig('hub.yaml', text)
  return parsed.ok ? [] : parsed.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`)
}

describe('parseConfig', () => {
  it('is all defaults for an empty text, and listens on loopback only', () => {
    const parsed = parseConfig('hub.yaml', '\n# nothing\n')
    expect(parsed).toEqual({
      ok: true,
      value: {
        data: 'data',
        mqtt: {
          host: '127.0.0.1',
          port: 1883,
          maxPacket: 262_144,
          maxConnections: 20_000,
          maxKeepalive: 90,
        },
        http: { host: '127.0.0.1', port: 8080 },
        channels: [],
        routes: {},
      },
    })
  })

  it('takes everything that there is', () => {
    const text = `
data: /var/lib/aal
rules: /etc/aal/rules
profiles: /etc/aal/profiles
mqtt: { host: 0.0.0.0, port: 1884, maxPacket: 65536, maxConnections: 100, maxKeepalive: 60 }
http: { host: 0.0.0.0, port: 8081, url: https://hub.example }
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
    ['a word as a port', 'http: { port: http }', /^1:15: Cannot take "http\.port": /],
    ['a URL that is none', 'influxdb: { url: localhost }', /^1:18: Cannot take "influxdb\.url": .*URL/],
    ['no URL', 'influxdb: { database: x }', /^1:1: Cannot take "influxdb\.url": is missing/],
    [
      'a secret that can be guessed',
      'sms: { kannel: { url: "http://k", username: u, password: p, secret: short } }',
      /^1:69: Cannot take "sms\.kannel\.secret": .*22/,
    ],
    ['a list', '- data', /^1:1: Cannot take the file: /],
    ['broken YAML', 'mqtt: { port: 1', /^1:\d+: Cannot read this YAML: /],
    ['a key twice', 'data: a\ndata: b', /^2:1: Cannot read this YAML: .*unique/],
  ])('refuses %s with its place', (_, text, expected) => {
    const [first, ...more] = problems(text)
    expect(first).toMatch(expected)
    expect(more).toEqual([])
  })
})

describe('loadConfig', () => {
  it('is all defaults without a file', async () => {
    expect(await loadConfig(undefined)).toMatchObject({ data: 'data' })
  })

  it('names a file that cannot be read', async () => {
    await expect(loadConfig('/nowhere/hub.yaml')).rejects.toThrow(
      /^Cannot read the configuration \/nowhere\/hub\.yaml: ENOENT/,
    )
  })
})
