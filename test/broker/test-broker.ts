import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { DEFAULT_LIMITS, startBroker } from '../../hub/broker/broker.ts'
import type { Broker, BrokerLimits } from '../../hub/broker/broker.ts'
import { hashPassword } from '../../hub/broker/credentials.ts'
import type { CertificatePolicy, GatewayDirectory } from '../../hub/broker/identify.ts'
import { createIntake } from '../../hub/broker/intake.ts'
import type { ListenerOptions } from '../../hub/broker/listeners.ts'
import { systemClock } from '../../hub/core/clock.ts'
import { createCore } from '../../hub/core/create-core.ts'
import type { RunningCore } from '../../hub/core/create-core.ts'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import type { JournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { createRegistry } from '../../hub/database/registry.ts'
import type { Registry } from '../../hub/database/registry.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import type { Input } from '../../hub/model/input.ts'
import { parseHomes } from '../../hub/register/parse-homes.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const ROOT = join(import.meta.dirname, '..', '..')

const HOMES = ['h-1', 'h-2']
  .map(
    (id) => `
  - id: ${id}
    timezone: Europe/Oslo
    sensors:
      - { id: fall-1, profile: native, room: bathroom }
      - { id: belt, profile: native }`,
  )
  .join('')

/** A broker with everything behind it that a PUBACK promises: core, rules, and a database on disk. */
export interface TestBroker {
  readonly port: number
  readonly broker: Broker
  readonly registry: Registry
  /** Gateways `gw-1` of home `h-1`, `gw-1b` of the same, `gw-2` of home `h-2`. */
  readonly logins: Readonly<Record<'gw-1' | 'gw-1b' | 'gw-2', Login>>
  readonly core: RunningCore
  readonly journal: JournalReader
  /** What was counted: refused connections, violations, errors. */
  readonly counted: Readonly<Record<string, number>>
  connections(): number
  /** Everything committed since the start, of this sort. */
  inputs<T extends Input['type']>(type: T): Extract<Input, { type: T }>[]
  /** The readings' values, in order. */
  values(): unknown[]
  waitForInputs<T extends Input['type']>(type: T, count: number): Promise<Extract<Input, { type: T }>[]>
  /** From now on every commit fails. */
  breakDisk(): void
  /** Why the core gave up. */
  failure(): Error | undefined
  stop(): Promise<void>
}

export async function startTestBroker(
  options: {
    limits?: Partial<BrokerLimits>
    data?: string
    /** Plain TCP when not given. */
    listeners?: readonly ListenerOptions[]
    clientCertificates?: CertificatePolicy
    gatewayWithCertificate?: GatewayDirectory['gatewayWithCertificate']
  } = {},
): Promise<TestBroker> {
  const database = openDatabase(options.data ?? join(tempDir('broker'), 'data'))
  const store = createSqliteStore(database.db)
  const registry = createRegistry(database.db)
  const profiles = await loadProfiles(join(ROOT, 'devices', 'profiles'))
  let isBroken = false
  let failure: Error | undefined
  const core = createCore({
    store: {
      ...store,
      commit(batch) {
        if (isBroken) throw new Error('no space left on device')
        store.commit(batch)
      },
    },
    clock: systemClock,
    onFailure: (error) => (failure = error),
    onFollowerFailure: (error) => {
      throw error
    },
  })
  const committed: Input[] = []
  core.onCommit(({ entries }) => committed.push(...entries.map(({ input }) => input)))

  const files = [{ name: 'falls.yaml', text: readFileSync(join(ROOT, 'rules', 'falls.yaml'), 'utf8') }]
  const rules = parseRules(files)
  const homes = rules.ok && parseHomes('homes.yaml', `homes:${HOMES}`, profiles, rules.value)
  if (!homes || !homes.ok) throw new Error('Cannot read what this test itself wrote')
  await core.take({ type: 'rules', files })
  const logins = { 'gw-1': login('gw-1'), 'gw-1b': login('gw-1b'), 'gw-2': login('gw-2') }
  for (const { home, personal } of homes.value) {
    const ids = Object.keys(logins).filter((id) => id.startsWith(home.id.replace('h', 'gw')))
    await core.takeHome({ ...home, gateways: ids.map((id) => ({ id })) }, personal)
    for (const id of ids) {
      const passwordHash = hashPassword(`password of ${id}`)
      registry.addGateway({ id, home: home.id, passwordHash, createdAt: core.now() })
    }
  }

  const counted: Record<string, number> = {}
  const broker = await startBroker({
    core,
    intake: createIntake(core, profiles),
    gateways: {
      gateway: registry.gateway,
      ...(options.gatewayWithCertificate && { gatewayWithCertificate: options.gatewayWithCertificate }),
    },
    listeners: options.listeners ?? [{ over: 'tcp', host: '127.0.0.1', port: 0 }],
    ...(options.clientCertificates && { clientCertificates: options.clientCertificates }),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    log: { info() {}, warn() {} },
    count: (what) => (counted[what] = (counted[what] ?? 0) + 1),
  })
  const inputs = <T extends Input['type']>(type: T): Extract<Input, { type: T }>[] =>
    committed.filter((input): input is Extract<Input, { type: T }> => input.type === type)
  return {
    port: broker.ports[0] ?? 0,
    broker,
    registry,
    logins,
    core,
    journal: createJournalReader(database.db),
    counted,
    connections: broker.connections,
    inputs,
    values: () => inputs('reading').map(({ reading }) => reading.value),
    waitForInputs: async (type, count) => {
      await waitFor(`${count} inputs of type ${type}`, () => inputs(type).length >= count, { interval: 5 })
      expect(inputs(type)).toHaveLength(count)
      return inputs(type)
    },
    breakDisk: () => (isBroken = true),
    failure: () => failure,
    async stop() {
      await broker.stop()
      core.stop()
      database.close()
    },
  }
}

function login(id: string): Login {
  return { username: id, password: `password of ${id}` }
}

export const weight = (value: number): object => ({ kind: 'weight', value })
export const FALL = { kind: 'fall', value: 'detected' }
