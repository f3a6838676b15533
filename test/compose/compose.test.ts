import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { composeYaml } from '../../hub/cli/init-hub-yaml.ts'
import { secretsFor } from '../../hub/cli/init-secrets.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { faultsOf, mountsOf, parseCompose, withDefaults } from './compose-rules.ts'
import type { Service } from './compose-rules.ts'
import { parseDockerfile } from './dockerfile.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8')
const FILES = ['docker-compose.yml', 'docker-compose.influxdb2.yml'] as const
const texts = new Map(FILES.map((name) => [name, read(name)]))
const text = texts.get('docker-compose.yml') ?? ''
const compose = parseCompose(text)
const second = parseCompose(texts.get('docker-compose.influxdb2.yml') ?? '')
/** Their Dockerfile has the check. */
const checkedByImage = ['hub']

const validate = new Ajv({ strict: false, validateFormats: false }).compile(
  JSON.parse(read('test/compose/compose-spec.json')) as object,
)

describe('docker-compose.yml', () => {
  it.each(FILES)('%s follows the Compose Specification', (name) => {
    expect(validate(parse(texts.get(name) ?? '', { merge: true })) ? [] : validate.errors).toEqual([])
  })

  it('is found wanting by the specification where a key is none', () => {
    expect(validate({ services: { hub: { imagee: 'x' } } })).toBe(false)
  })

  it('keeps this repository’s own rules', () => {
    expect(faultsOf(compose, checkedByImage)).toEqual([])
    expect(Object.keys(compose.services)).toEqual([
      'init',
      'hub',
      'backup',
      'influxdb',
      'dashboards',
      'grafana',
      'node-red',
      'bearerbox',
      'smsbox',
    ])
  })

  it.each<[string, string, Partial<Service>]>([
    ['image influxdb is not pinned', 'influxdb', { image: 'influxdb' }],
    ['image influxdb:latest is not pinned', 'influxdb', { image: 'influxdb:latest' }],
    ['the root can be written', 'grafana', { read_only: false }],
    ['keeps capabilities', 'hub', { cap_drop: [] }],
    ['has privileges', 'hub', { privileged: true }],
    ['may gain privileges', 'node-red', { security_opt: [] }],
    ['user 0:0 is not a number other than 0', 'hub', { user: '0:0' }],
    ['has no health check', 'influxdb', { healthcheck: undefined as never }],
    ['port 8086:8086 is open to all', 'influxdb', { ports: ['8086:8086'] }],
    ['port 1883:1883 is open to all', 'hub', { ports: ['1883:1883'] }],
    ['port ${X:-3000}:3000 is open to all', 'grafana', { ports: ['${X:-3000}:3000'] }],
    [
      'GF_SECURITY_ADMIN_PASSWORD is a secret in the environment',
      'grafana',
      { environment: { GF_SECURITY_ADMIN_PASSWORD: 'x' } },
    ],
    ['/ of the machine can be written', 'hub', { volumes: ['/:/host'] }],
    ['volume other is not defined', 'hub', { volumes: ['other:/data'] }],
    ['network other is not defined', 'hub', { networks: ['other'] }],
    ['waits for influxdb', 'hub', { depends_on: { influxdb: { condition: 'service_healthy' } } }],
  ])('refuses: %s', (fault, name, change) => {
    const changed = {
      ...compose,
      services: { ...compose.services, [name]: { ...compose.services[name], ...change } },
    }
    expect(faultsOf(changed, checkedByImage)).toEqual([`${name}: ${fault}`])
  })

  it('publishes the ports of gateways and console to all, the editors and dashboards to this machine', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? [])
    expect(ports.map(withDefaults)).toEqual([
      '8883:8883',
      '8443:8443',
      '127.0.0.1:3000:3000',
      '127.0.0.1:1880:1880',
    ])
    expect(compose.networks?.['back']?.internal).toBe(true)
    expect(compose.services['influxdb']?.networks).toEqual(['back'])
  })

  it('starts hub, InfluxDB and Grafana without a profile', () => {
    const always = Object.entries(compose.services).filter(([, { profiles }]) => profiles === undefined)
    expect(always.map(([name]) => name)).toEqual(['init', 'hub', 'influxdb', 'dashboards', 'grafana'])
  })

  it('gives every program its own secrets, and each that it reads is one that aal init makes', () => {
    const also = ['hub-token', 'ca.pem']
    const readers: Record<string, readonly string[]> = {
      hub: ['deploy/hub.yaml', 'deploy/hub.influxdb2.yaml'],
      influxdb: ['deploy/influxdb/start.sh', 'deploy/influxdb2/grafana-user.sh'],
      grafana: [],
      'node-red': [],
      kannel: ['deploy/kannel/start.sh'],
    }
    for (const [reader, files] of Object.entries(readers)) {
      const services = reader === 'kannel' ? ['bearerbox', 'smsbox'] : [reader]
      const used = new Set<string>()
      for (const one of services.flatMap((name) => [compose.services[name], second.services[name]])) {
        if (!one) continue
        for (const { source } of mountsOf(one)) {
          if (source.startsWith('secrets-')) expect(source).toBe(`secrets-${reader}`)
        }
        for (const [, name = ''] of JSON.stringify(one).matchAll(/\/run\/secrets\/([\w.-]+)/g)) used.add(name)
      }
      for (const file of files) {
        for (const [, path, name = ''] of read(file).matchAll(/(\/run\/secrets\/|\$\(secret )([\w-]+)/g)) {
          expect(path).toBeTruthy()
          used.add(name)
        }
      }
      const made = [...secretsFor(reader), ...(['grafana', 'node-red'].includes(reader) ? also : [])]
      expect(
        [...used].filter((name) => !made.includes(name)),
        reader,
      ).toEqual([])
    }
    const init = mountsOf(compose.services['init'] ?? {})
    for (const reader of Object.keys(readers)) {
      expect(init).toContainEqual({
        type: 'volume',
        source: `secrets-${reader}`,
        target: `/setup/secrets/${reader}`,
        readOnly: false,
      })
    }
  })

  it('mounts files that are there, and scripts that can be run', () => {
    const mounts = [compose, second].flatMap(({ services }) => Object.values(services).flatMap(mountsOf))
    const binds = mounts.filter(({ type }) => type === 'bind').map(({ source }) => source)
    expect(binds).toContain('./deploy/hub.yaml')
    // The one that everybody makes for themself.
    expect(binds.filter((source) => !existsSync(join(ROOT, source)))).toEqual(['./backup.pub'])
    for (const script of binds.filter((source) => source.endsWith('.sh'))) {
      accessSync(join(ROOT, script), constants.X_OK)
    }
  })

  it('has a default for every variable, and says what each is', () => {
    for (const one of texts.values()) {
      const used = [...one.matchAll(/\$\{(\w+)(:-[^}]+)?\}/g)]
      expect(used.filter(([, , fallback]) => fallback === undefined).map(([whole]) => whole)).toEqual([])
      const said = text.slice(0, text.indexOf('\nname:'))
      expect(used.map(([, name = '']) => name).filter((name) => !said.includes(name))).toEqual([])
    }
  })

  it('has the versions that the tests run against', () => {
    const { version, devDependencies } = packageJson
    const image = (name: string) => compose.services[name]?.image
    expect(image('hub')).toBe(`aal-hub:${version}`)
    expect([image('init'), image('dashboards')]).toEqual([image('hub'), image('hub')])
    expect(image('grafana')).toBe(`grafana/grafana:${devDependencies['@grafana/schema']}`)
    expect(image('node-red')).toBe(`nodered/node-red:${devDependencies['node-red']}`)
    expect(second.services['influxdb']?.image).toMatch(/^influxdb:2\.\d+\.\d+$/)
    expect(read('deploy/kannel/Dockerfile')).toContain(`kannel=${image('smsbox')?.split(':')[1]} `)
  })

  it('gives the hub the settings that aal init writes, with the places of the containers', () => {
    expect(read('deploy/hub.yaml')).toBe(composeYaml(1))
    expect(read('deploy/hub.influxdb2.yaml')).toBe(composeYaml(2))
  })

  it('gives Grafana dashboards whose links lead into the console', () => {
    const [, ...command] = compose.services['dashboards']?.command ?? []
    expect(command.map(withDefaults)).toEqual([
      'build',
      '--out',
      '/dashboards',
      '--language',
      'nb',
      '--console',
      'https://localhost:8443',
    ])
    const provider = parse(read('dashboards/provisioning/dashboards/aal.yaml')) as {
      providers: { options: { path: string } }[]
    }
    expect(mountsOf(compose.services['grafana'] ?? {})).toContainEqual({
      type: 'volume',
      source: 'dashboards',
      target: provider.providers[0]?.options.path,
      readOnly: true,
    })
  })

  it('runs the hub with the check of its image', () => {
    const last = parseDockerfile(read('Dockerfile')).at(-1)
    expect(last?.instructions.some(({ name }) => name === 'HEALTHCHECK')).toBe(true)
  })
})
