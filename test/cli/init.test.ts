import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { beforeAll, describe, expect, it } from 'vitest'
import { hubYaml } from '../../hub/cli/init-hub-yaml.ts'
import { placeSecrets } from '../../hub/cli/init-secrets.ts'
import { parseConfig } from '../../hub/config.ts'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const dir = tempDir('init')
const folder = join(dir, 'aal')

interface Made {
  readonly folder: string
  readonly made: readonly string[]
  readonly stayed: readonly string[]
  readonly notes: readonly string[]
}

async function init(args: readonly string[], at = folder): Promise<Made> {
  const { code, stdout, stderr } = await runAal(['init', at, '--json', ...args])
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Made
}

/** Every file below a folder, but for the hub's own in `data`, with mode and text. */
function filesOf(root: string): Map<string, { mode: number; text: string }> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(root, 'data')))
  return new Map(
    files.map((path) => [
      path.slice(root.length + 1),
      { mode: statSync(path).mode & 0o777, text: readFileSync(path, 'utf8') },
    ]),
  )
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8')

let first: Made
beforeAll(async () => {
  first = await init(['--host', '127.0.0.1'])
})

describe('aal init', () => {
  it('makes settings, a certificate, secrets and tokens that only their owner can read', () => {
    const files = filesOf(folder)
    expect([...files.keys()].toSorted()).toEqual([
      'hub.yaml',
      'secrets/grafana/ca.pem',
      'secrets/grafana/grafana-admin',
      'secrets/grafana/hub-token',
      'secrets/grafana/influxdb-read',
      'secrets/hub/influxdb-hub',
      'secrets/hub/influxdb-token',
      'secrets/hub/kannel-reports',
      'secrets/hub/kannel-send',
      'secrets/hub/kannel-status',
      'secrets/influxdb/influxdb-hub',
      'secrets/influxdb/influxdb-read',
      'secrets/influxdb/influxdb-token',
      'secrets/kannel/kannel-admin',
      'secrets/kannel/kannel-reports',
      'secrets/kannel/kannel-send',
      'secrets/kannel/kannel-status',
      'secrets/node-red/ca.pem',
      'secrets/node-red/hub-token',
      'secrets/node-red/node-red-credential-secret',
      'secrets/node-red/node-red-password',
      'tls/ca.pem',
      'tls/cert.pem',
      'tls/key.pem',
    ])
    expect([...files].filter(([, { mode }]) => mode !== 0o600)).toEqual([])
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700)
    expect(first).toMatchObject({ folder, stayed: [], notes: [] })
    expect(first.made).toHaveLength(files.size)
  })

  it('makes every secret anew, of 256 bits, and the same one for those who share it', () => {
    expect(read('secrets/influxdb/influxdb-hub')).toBe(read('secrets/hub/influxdb-hub'))
    expect(read('secrets/grafana/influxdb-read')).toBe(read('secrets/influxdb/influxdb-read'))
    const own = [...filesOf(join(folder, 'secrets'))].filter(([name]) => !/\.pem$|hub-token$/.test(name))
    for (const [name, { text }] of own) expect(text, name).toMatch(/^[0-9a-f]{64}\n$/)
    expect(new Set(own.map(([, { text }]) => text)).size).toBe(10)
  })

  it('changes nothing when it is run again', async () => {
    const before = filesOf(folder)
    const again = await init(['--host', '127.0.0.1'])
    expect(again).toMatchObject({ made: [], notes: [] })
    expect(again.stayed).toHaveLength(first.made.length - 2)
    expect(filesOf(folder)).toEqual(before)
  })

  it('makes what is missing from what is there, and says of a token that it is another one', async () => {
    const before = filesOf(folder)
    rmSync(join(folder, 'secrets/hub/influxdb-hub'))
    rmSync(join(folder, 'secrets/grafana/hub-token'))
    writeFileSync(join(folder, 'hub.yaml'), '# mine\n')
    const { made, notes } = await init([])
    expect(made).toEqual([
      join(folder, 'secrets/hub/influxdb-hub'),
      join(folder, 'secrets/grafana/hub-token'),
    ])
    expect(read('secrets/hub/influxdb-hub')).toBe(before.get('secrets/hub/influxdb-hub')?.text)
    expect(read('hub.yaml')).toBe('# mine\n')
    expect(notes).toEqual([expect.stringContaining('aal token revoke grafana')])
    writeFileSync(join(folder, 'hub.yaml'), before.get('hub.yaml')?.text ?? '')
  })

  it('says when the certificate is for other names, and when a secret is open to all', async () => {
    chmodSync(join(folder, 'secrets/hub/influxdb-hub'), 0o644)
    const { made, notes } = await init(['--host', 'hub.example.org'])
    chmodSync(join(folder, 'secrets/hub/influxdb-hub'), 0o600)
    expect(made).toEqual([])
    expect(notes).toEqual([
      expect.stringMatching(/cert\.pem is not for hub\.example\.org.*aal certificate create .*--force/),
      expect.stringMatching(/influxdb-hub can be read by everybody .*chmod 600/),
    ])
  })

  it('makes a folder that a hub starts with: TLS for gateways, HTTPS with the token of Grafana, a link', async () => {
    const config = read('hub.yaml')
      .replace('https://127.0.0.1:8443', 'https://hub.example.org:8443')
      .replace('ca.pem }', 'ca.pem, host: 127.0.0.1, port: 0 }')
    const hub = await startHubProcess({ data: join(folder, 'data'), config })
    try {
      expect(hub.signIn).toMatch(/^https:.*\/sign-in#/)
      const ca = read('tls/ca.pem')
      await new Promise<void>((fulfil, reject) => {
        const socket = connect({ host: '127.0.0.1', port: hub.mqttsPort, ca }, () => {
          socket.end()
          fulfil()
        }).on('error', reject)
      })
      const ask = (token: string): Promise<number | undefined> =>
        new Promise((fulfil, reject) => {
          const headers = { authorization: `Bearer ${token}` }
          const url = `https://127.0.0.1:${new URL(hub.url).port}/api/alerts`
          get(url, { ca, headers, agent: false }, (answer) => {
            answer.resume()
            fulfil(answer.statusCode)
          }).on('error', reject)
        })
      expect(await ask(read('secrets/node-red/hub-token').trim())).toBe(200)
      // It may raise alerts, not read them.
      expect(await ask(read('secrets/grafana/hub-token').trim())).toBe(403)
      expect(await ask('aal_wrong')).toBe(401)
      // Beside the hub that runs: no second writer of its data.
      rmSync(join(folder, 'secrets/node-red/hub-token'))
      const { made } = await init([])
      expect(made).toEqual([join(folder, 'secrets/node-red/hub-token')])
      expect(await ask(read('secrets/node-red/hub-token').trim())).toBe(200)
    } finally {
      await hub.kill('SIGTERM')
    }
  })

  it('lets the group read in containers, and leaves the settings to docker-compose.yml', async () => {
    const at = join(dir, 'containers')
    await init(['--compose', '--data', join(dir, 'volume'), '--host', 'hub'], at)
    const files = filesOf(at)
    expect(files.has('hub.yaml')).toBe(false)
    const wrong = [...files].filter(([name, { mode }]) => mode !== (name.startsWith('tls/') ? 0o600 : 0o440))
    // The certificate is the hub's alone, which must be able to write a new one over it.
    expect(wrong).toEqual([])
    expect(statSync(join(at, 'secrets/grafana')).mode & 0o777).toBe(0o750)
    expect(readdirSync(join(dir, 'volume'))).toContain('hub.db')
    expect(readdirSync(at).toSorted()).toEqual(['secrets', 'tls'])
  })
})

describe('aal init refuses', () => {
  const refused = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await runAal(['init', ...args])
    expect(stdout).toBe('')
    return `${code} ${stderr.trim()}`
  }

  it.each([
    ['a file where the folder should be', (at: string) => writeFileSync(at, ''), 'a file is where a folder'],
    [
      'an empty secret',
      (at: string) => {
        mkdirSync(join(at, 'secrets/kannel'), { recursive: true })
        writeFileSync(join(at, 'secrets/kannel/kannel-admin'), '\n')
      },
      'kannel-admin: it is empty',
    ],
    [
      'two that should be the same',
      (at: string) => {
        for (const reader of ['hub', 'influxdb']) {
          mkdirSync(join(at, 'secrets', reader), { recursive: true })
          writeFileSync(join(at, 'secrets', reader, 'influxdb-hub'), `of ${reader}\n`)
        }
      },
      'they differ',
    ],
  ])('%s', async (name, prepare, message) => {
    const at = join(dir, name.replaceAll(' ', '-'))
    prepare(at)
    await expect(placeSecrets(join(at, 'secrets'), 'owner')).rejects.toThrow(
      new RegExp(`^Cannot .*${message}`),
    )
  })

  it('a folder in which it may not write, and says whose it is', async () => {
    // Root may not either.
    await expect(placeSecrets('/sys/aal', 'owner')).rejects.toThrow(
      /^Cannot write \/sys\/aal\/hub: (\/sys belongs to uid 0|it can only)/,
    )
  })

  it('a key without its certificate, with the way out', async () => {
    const at = join(dir, 'half')
    mkdirSync(join(at, 'tls'), { recursive: true })
    writeFileSync(join(at, 'tls/key.pem'), 'key')
    expect(await refused([at])).toMatch(/^1 Cannot make a certificate .*delete it and run "aal init" again/)
  })

  it('a host that is none', async () => {
    expect(await refused([join(dir, 'x'), '--host', 'a b'])).toMatch(/^2 Cannot use the host "a b"/)
  })
})

describe('hubYaml', () => {
  const places = {
    data: '/data',
    tls: '/tls',
    secrets: '/secrets',
    neighbours: { influxdb: 'influxdb', kannel: 'kannel', kannelAdmin: 'bearerbox' },
  }

  it('is a configuration with and without its comments', () => {
    const text = hubYaml(places)
    expect(parseConfig('hub.yaml', text)).toMatchObject({
      ok: true,
      value: { data: '/data', http: { host: '0.0.0.0', port: 8443 }, mqtt: { host: '127.0.0.1' } },
    })
    const all = text.replaceAll(/^# (?=\s*\w+:)/gm, '').replace(/^ {2}# url/m, '  url')
    const parsed = parseConfig('hub.yaml', all)
    expect(parsed.ok ? [] : parsed.problems).toEqual([])
    expect(parsed).toMatchObject({
      value: { sms: { kannel: { url: 'http://kannel:13013/cgi-bin/sendsms' } }, watch: {}, influxdb: {} },
    })
  })

  it.each([1, 2] as const)('writes to InfluxDB %i.x where there is one', (influxdb) => {
    const parsed = parseConfig('hub.yaml', hubYaml({ ...places, influxdb }))
    expect(parsed.ok ? [] : parsed.problems).toEqual([])
    expect(parsed).toMatchObject({ value: { influxdb: { url: 'http://influxdb:8086' } } })
  })
})
