import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import { createProtectionMonths } from '../../hub/database/protection-months.ts'
import { createUndeliveredReads } from '../../hub/database/undelivered-reads.ts'
import type { Profile } from '../../hub/decode/profile.ts'
import type { RulesStatus } from '../../hub/http/office.ts'
import type { LastProof } from '../../hub/model/visit.ts'
import type { Input } from '../../hub/model/input.ts'
import { createProtection } from '../../hub/office/protection.ts'
import { createUndelivered } from '../../hub/office/undelivered.ts'
import { home, RULES, startCore, stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let database: OpenDatabase
let bench: CoreBench
let proven: LastProof | undefined
let refused: RulesStatus['refused']

beforeEach(async () => {
  database = openDatabase(tempDir('protection'))
  bench = await startCore(createSqliteStore(database.db))
  const text = `rules: [{ id: sos, title: S, category: safety, severity: high, on: sos, when: value == "pressed", clear: manual }]`
  await bench.take({ type: 'rules', files: [...RULES, { name: 'sos.yaml', text }] })
  proven = { at: 1, due: Infinity, certificate: 'c' }
  refused = undefined
})
afterEach(() => {
  stopCores()
  database.close()
})

const undelivered = () => createUndelivered(createUndeliveredReads(database.db), bench.core)

function protection(kept = undelivered(), profiles: readonly string[] = ['native']) {
  const { core } = bench
  return createProtection({
    core,
    profiles: new Map(profiles.map((id) => [id, { id, alarm: true } as Profile])),
    rules: () => ({ folder: 'rules', since: 1, rules: [], policies: [], ...(refused && { refused }) }),
    undelivered: kept,
    months: createProtectionMonths(database.db),
    lastProof: () => proven,
  })
}

/** `not no-link`: how the home is, and why. */
function said(of = protection()): string {
  const known = bench.core.home('h1')
  if (!known) throw new Error('there is no home')
  const { state, reasons } = of.look()(known)
  return [state, ...reasons.map(({ code }) => code)].join(' ')
}

const isSaid = (of?: ReturnType<typeof protection>) => expect(said(of))

/** All of its sensors are heard. */
async function heard(): Promise<void> {
  for (const { id } of bench.core.home('h1')?.sensors ?? []) await bench.say(id, 'battery', 90)
}

describe('createProtection', () => {
  it('puts together what the hub knows: nothing was heard, then all, then no link', async () => {
    isSaid().toMatch(/^not no-alarm-heard .*sensor-never-heard/)
    await heard()
    isSaid().toBe('protected')
    await bench.take({ type: 'rules', files: RULES })
    isSaid().toBe('not no-rule')
    await bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'offline' })
    isSaid().toMatch(/^not no-link/)
    const known = bench.core.home('h1')
    const [reason] = protection().look()(known!).reasons
    expect(reason).toMatchObject({ code: 'no-link', since: bench.core.now() })
  })

  it('knows of maintenance, holds, batteries, profiles, proofs and refused rules', async () => {
    await heard()
    await bench.take({ type: 'mode', home: 'h1', mode: 'maintenance', on: true, by: 'o', via: 'cli' })
    isSaid().toContain('maintenance')
    await bench.say('a', 'battery', 15)
    await bench.say('a', 'link', 10)
    isSaid().toContain('battery-low weak-link')
    isSaid(protection(undelivered(), [])).toContain('profile-missing')
    proven = undefined
    isSaid().toContain('never-proven')
    proven = { at: 1, due: bench.core.now(), certificate: 'c' }
    refused = { at: 5, reason: 'r', problems: [] }
    isSaid().toContain('proof-overdue rules-refused')
  })

  it('says of a home in maintenance no more when it is over, and the state of what is not in service', async () => {
    await heard()
    await bench.take({ type: 'mode', home: 'h1', mode: 'maintenance', on: true, by: 'o', via: 'cli' })
    await bench.pass(4 * HOUR)
    isSaid().not.toContain('maintenance')
    const until = bench.core.now() + HOUR
    await bench.take({ type: 'service', home: 'h1', to: { is: 'paused', until }, by: 'o', via: 'cli' })
    isSaid().toMatch(/^paused .*is-paused$/)
    await bench.take({ type: 'service', home: 'h1', to: { is: 'closed' }, by: 'o', via: 'cli' })
    isSaid().toBe('closed is-closed')
  })

  it('counts homes at most every few seconds, whoever asks', async () => {
    const of = protection()
    const first = of.states()
    expect(of.states()).toBe(first)
    expect([...(await first).keys()]).toEqual(['h1'])
    await bench.pass(5000)
    expect(of.states()).not.toBe(first)
  })
})

describe('createUndelivered', () => {
  /** @returns the contact that was told */
  async function told(to: 'failed' | 'delivered'): Promise<string> {
    await bench.say('a', 'fall', 'detected')
    const { id } = bench.alert('fall')
    const [message] = createJournalReader(database.db)
      .newestNotifications(20)
      .filter(({ alert, state }) => alert === id && state === 'queued')
    await bench.take({
      type: 'delivery',
      notification: message?.id ?? '',
      to,
      error: 'no such number',
    } as Input)
    return message?.contact ?? ''
  }

  it('remembers whose newest message failed, also after a restart, until one comes through', async () => {
    const live = undelivered()
    expect(live.of('h1', 'anne')).toEqual([])
    const contact = await told('failed')
    const since = bench.core.now()
    expect(live.of('h1', contact)).toEqual([{ way: 'sms', since }])
    expect(undelivered().of('h1', contact)).toEqual([{ way: 'sms', since }])
    isSaid(protection(live)).toContain('contact-failed')
    const letter = { is: 'trial' } as const
    await bench.pass(MINUTE)
    await bench.take({ type: 'letter', home: 'h1', contact, channel: 'sms', letter, by: 'o', via: 'cli' })
    const trial = createJournalReader(database.db)
      .newestNotifications(20)
      .find(({ letter: one }) => one?.is === 'trial')
    await bench.take({ type: 'delivery', notification: trial?.id ?? '', to: 'delivered' })
    expect(live.of('h1', contact)).toEqual([])
    expect(undelivered().of('h1', contact)).toEqual([])
  })

  it('forgets a number that was changed, also after a restart', async () => {
    const live = undelivered()
    const contact = await told('failed')
    await bench.pass(MINUTE)
    const known = bench.core.home('h1') ?? home()
    const change = { by: 'o', via: 'console', limits: [], register: [`contacts/${contact}/phone`] }
    await bench.take({ type: 'home', home: known, change })
    expect(live.of('h1', contact)).toEqual([])
    expect(undelivered().of('h1', contact)).toEqual([])
  })
})
