import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { parseConfig } from '../../hub/config.ts'
import { startHub } from '../../hub/hub.ts'
import type { RunningHub } from '../../hub/hub.ts'
import { changeLimits, keepLimits, ownLimits } from '../../hub/register/limits.ts'
import type { LimitOrder } from '../../hub/model/home.ts'
import type { Registered } from '../../hub/register/limits.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import type { RuleSet } from '../../hub/rules/rule.ts'
import { runAal, writeConfig, writeRules } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const RULES = `rules:
  - id: low
    title: Low
    category: health
    severity: low
    scope: resident
    on: spo2
    when: value < params.limit
    params: { limit: { default: 90, unit: "%", min: 70, max: 99 } }
  - id: quiet
    title: Quiet
    category: safety
    severity: medium
    absent: { of: [motion], for: params.quiet }
    params: { quiet: { default: 4h, min: 1h, max: 24h } }
`
const BY = { by: 'operator:siv', via: 'cli', why: 'Kari sleeps long' }

const rules = compile(RULES)

function compile(text: string): RuleSet {
  const parsed = parseRules([{ name: 'rules.yaml', text }])
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

function registered(facts: Partial<Registered['home']> = {}): Registered {
  const residents = [{ id: 'r1' }, { id: 'r2' }]
  return {
    home: { id: 'h1', timezone: 'UTC', gateways: [], residents, sensors: [], contacts: [], ...facts },
    personal: { id: 'h1', residents: [], contacts: [] },
  }
}

/** Changes limits that can be changed. */
function change(one: Registered, order: Partial<Parameters<typeof changeLimits>[2]>, at = 1) {
  const changed = changeLimits(one, rules, { ...BY, ...order }, at)
  if ('reasons' in changed) throw new Error(changed.reasons.join())
  return changed
}

describe('changeLimits', () => {
  it('sets limits of the home and of one resident, and takes them back without a trace in the facts', () => {
    const home = change(registered(), { set: { 'quiet.quiet': '6h', 'low.limit': 92 } })
    expect(home.home.params).toEqual({ quiet: { quiet: '6h' }, low: { limit: 92 } })
    const both = change(home, { resident: 'r2', set: { 'low.limit': 88 } }, 2)
    expect(both.home.residents).toEqual([{ id: 'r1' }, { id: 'r2', params: { low: { limit: 88 } } }])
    expect(both.steps).toEqual([{ resident: 'r2', rule: 'low', param: 'limit', to: 88 }])
    const back = change(both, { unset: ['quiet.quiet', 'low.limit'] }, 3)
    const none = change(back, { resident: 'r2', unset: ['low.limit'] }, 4)
    expect(none.home).toEqual(registered().home)
    expect(none.personal.limits?.at(-1)).toEqual({
      ...BY,
      at: 4,
      resident: 'r2',
      rule: 'low',
      param: 'limit',
      from: 88,
    })
  })

  it.each<[string, Partial<LimitOrder>, string]>([
    [
      'out of bounds',
      { set: { 'low.limit': 60 } },
      'Cannot set low.limit: it is 60 %, expected 70 % to 99 %',
    ],
    ['not a duration', { set: { 'quiet.quiet': 6 } }, 'it is 6, expected a duration such as 4h'],
    ['no such rule', { set: { 'lov.limit': 88 } }, 'there is no rule "lov"; did you mean "low"?'],
    ['no such parameter', { set: { 'low.limt': 88 } }, 'no parameter "limt"; did you mean "limit"?'],
    ['no such resident', { resident: 'r3', set: { 'low.limit': 88 } }, 'there is no resident "r3"'],
    ['nothing to unset', { unset: ['low.limit'] }, 'Cannot unset low.limit: it is not set'],
  ])('refuses all of it with the reason: %s', (_name, order, reason) => {
    const refused = changeLimits(
      registered(),
      rules,
      { ...BY, ...order, set: { 'quiet.quiet': '6h', ...order.set } },
      1,
    )
    expect(refused).toEqual({ reasons: [expect.stringContaining(reason) as string] })
  })

  it('changes nothing when all is so already', () => {
    const one = change(registered(), { set: { 'low.limit': 88 } })
    expect(change(one, { set: { 'low.limit': 88 } }, 2)).toEqual({ ...one, steps: [] })
  })

  it('keeps a bounded number of notes, of each limit at least the newest', () => {
    let one: Registered = change(registered(), { resident: 'r1', set: { 'low.limit': 85 } })
    for (let at = 2; at < 400; at++) one = change(one, { set: { 'low.limit': at % 2 ? 88 : 89 } }, at)
    expect(one.personal.limits).toHaveLength(200)
    expect(one.personal.limits?.[0]).toMatchObject({ resident: 'r1', at: 1 })
    expect(one.personal.limits?.at(-1)).toMatchObject({ at: 399 })
  })
})

describe('ownLimits', () => {
  it('says who set each, and which are not used since the rules changed', () => {
    const one = change(registered({ params: { low: { limit: 91 } } }), { set: { 'quiet.quiet': '6h' } })
    const stricter = compile(RULES.replace('max: 24h', 'max: 5h').replace('id: low', 'id: lower'))
    expect(ownLimits(one, rules)).toMatchObject([
      { rule: 'low', value: 91, spec: { default: 90 } },
      { rule: 'quiet', value: '6h', note: { by: 'operator:siv', at: 1 } },
    ])
    expect(ownLimits(one, stricter).map(({ unused }) => unused)).toEqual([
      'there is no rule "low"; known are lower, quiet',
      'it is 6h, expected 1h to 5h',
    ])
  })
})

describe('keepLimits', () => {
  it('keeps what people set and the file does not mention; else the file wins, with a note', () => {
    const first = registered({ params: { low: { limit: 91 } } })
    const set = change(first, { set: { 'low.limit': 88, 'quiet.quiet': '6h' } })
    const again = keepLimits(set, first, 5)
    expect(again.home.params).toEqual({ low: { limit: 91 }, quiet: { quiet: '6h' } })
    expect(again.replaced).toBe(1)
    expect(again.personal.limits?.at(-1)).toMatchObject({ via: 'import', from: 88, to: 91 })
    const silent = keepLimits(again, registered(), 6)
    expect(silent.home.params).toEqual({ quiet: { quiet: '6h' } })
    expect(keepLimits(silent, registered(), 7)).toEqual({ ...silent, replaced: 0 })
  })

  it('lets the limits of a resident go who is not in the file any more', () => {
    const set = change(registered(), { resident: 'r2', set: { 'low.limit': 88 } })
    const kept = keepLimits(set, registered({ residents: [{ id: 'r1' }] }), 5)
    expect(kept.home.residents).toEqual([{ id: 'r1' }])
  })
})

describe('limits in a hub', () => {
  const hubs: RunningHub[] = []
  afterEach(async () => {
    for (const hub of hubs.splice(0)) await hub.stop()
  })

  const HOMES = `homes:
  - id: h1
    timezone: UTC
    residents: [{ id: r1, name: Kari }]
    sensors: [{ id: a, profile: native, resident: r1 }]
`

  async function start(data: string, folder: string): Promise<RunningHub> {
    const config = parseConfig('hub.yaml', `data: ${data}\nrules: ${folder}\n`)
    if (!config.ok) throw new Error(JSON.stringify(config.problems))
    const log = pino({ level: 'silent' })
    const hub = await startHub({ config: config.value, log, offline: true, onFailure: () => {} })
    hubs.push(hub)
    return hub
  }

  async function say(hub: RunningHub, value: number): Promise<number> {
    const at = hub.core.now()
    const reading = { home: 'h1', sensor: 'a', kind: 'spo2', value, at, receivedAt: at }
    await hub.core.take({ type: 'reading', reading })
    return hub.core.openAlerts().filter(({ rule }) => rule === 'low').length
  }

  it('are in force at once, last over restart and import, and leave no words in the journal', async () => {
    const [data, folder] = [join(tempDir('limits'), 'data'), writeRules({ 'rules.yaml': RULES })]
    const hub = await start(data, folder)
    await hub.office.importHomes('homes.yaml', HOMES)
    const entries: string[] = []
    hub.core.onCommit((commit) => entries.push(JSON.stringify(commit.entries)))
    const order = { ...BY, resident: 'r1', set: { 'low.limit': 85 } }
    await Promise.all([
      hub.office.changeLimits('h1', order),
      hub.office.changeLimits('h1', { ...BY, set: { 'quiet.quiet': '6h' } }),
    ])
    expect(entries.join()).toContain(
      '"change":{"by":"operator:siv","via":"cli","limits":[{"resident":"r1","rule":"low","param":"limit","to":85}]}',
    )
    expect(entries.join()).not.toContain('Kari')
    expect(await say(hub, 86)).toBe(0)
    await hub.stop()

    const second = await start(data, folder)
    expect(await second.office.importHomes('homes.yaml', HOMES)).toEqual({
      homes: 1,
      changed: 0,
      changedHomes: [],
      toldChanged: [],
      limitsReplaced: 0,
    })
    expect(await say(second, 86)).toBe(0)
    const said = HOMES.replace('name: Kari', 'name: Kari, params: { low: { limit: 84 } }')
    expect(await second.office.importHomes('homes.yaml', said)).toEqual({
      homes: 1,
      changed: 1,
      changedHomes: ['h1'],
      toldChanged: [],
      limitsReplaced: 1,
    })
    expect(second.office.limits('h1').limits).toMatchObject([
      { rule: 'quiet', value: '6h' },
      { resident: 'r1', value: 84, note: { via: 'import', from: 85 } },
    ])
    await second.office.changeLimits('h1', { ...BY, resident: 'r1', unset: ['low.limit'] })
    expect(await say(second, 86)).toBe(1)
    await expect(second.office.changeLimits('h1', { ...BY, set: { 'low.limit': 60 } })).rejects.toMatchObject(
      { code: 'invalid' },
    )
  })

  it('are set, listed and taken back on the command line', { timeout: 60_000 }, async () => {
    const [data, folder] = [join(tempDir('limits'), 'data'), writeRules({ 'rules.yaml': RULES })]
    const homes = join(tempDir('homes'), 'homes.yaml')
    writeFileSync(homes, HOMES)
    const where = ['--config', writeConfig(`data: ${data}\nrules: ${folder}\n`)]
    const aal = (...args: string[]) => runAal([...args, ...where])
    expect(await aal('import', homes)).toMatchObject({ code: 0 })
    const set = ['--resident', 'r1', 'low.limit=88', '--why', 'Scale 2', '--by', 'siv']
    expect(await aal('limits', 'set', 'h1', ...set)).toMatchObject({ code: 0 })
    expect((await aal('limits', 'list', 'h1')).stdout).toMatch(
      /^FOR .*\nr1 +low\.limit +88 % +90 +70 to 99 +\d{4}-\S+ \S+ +operator:siv +Scale 2\n$/,
    )
    const refused = await aal('limits', 'set', 'h1', 'low.limit=60', '--why', 'x')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('it is 60 %, expected 70 % to 99 %')
    expect(await aal('limits', 'set', 'h1', 'low.limit', '--why', 'x')).toMatchObject({ code: 2 })
    expect(await aal('limits', 'set', 'h1', 'low.limit=88')).toMatchObject({ code: 2 })
    const unset = await aal(
      'limits',
      'unset',
      'h1',
      'low.limit',
      '--resident',
      'r1',
      '--why',
      'over',
      '--json',
    )
    expect(JSON.parse(unset.stdout)).toMatchObject({ limits: [], notes: [{ from: 88, why: 'over' }, {}] })
  })
})
