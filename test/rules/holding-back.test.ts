import { describe, expect, it } from 'vitest'
import type { RuleSet } from '../../hub/rules/rule.ts'
import { createBench, rulesOf } from './bench.ts'
import type { Bench } from './bench.ts'

const OPEN = (more: string): string =>
  `  - { id: open, title: O, category: routine, severity: low, on: door, when: value == "open", ${more} }\n`
const MISSED = (more: string): string =>
  `  - { id: missed, title: M, category: health, severity: low, on: medication, when: value == "missed", ${more} }\n`
const LINK =
  '  - { id: link, title: L, category: technical, severity: low, on: availability, when: role == "gateway" && value == "offline" }\n'
const SILENT = `
  - id: silent
    title: S
    category: technical
    severity: low
    scope: sensor
    on: availability
    when: role != "gateway" && value == "offline"
    muted: { by: link }
`

describe('keep', () => {
  it('goes on firing for the time after the condition ended', () => {
    const bench = createBench(rulesOf(OPEN('keep: 10m')))
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:20').say('a', 'door', 'closed')
    expect(bench.at('00:29:59').said()).toEqual(['00:10 open firing low h1'])
    expect(bench.at('01:00').said()).toEqual(['00:30 open cleared low h1'])
  })

  it('says nothing of a state that comes back meanwhile, and keeps anew from its end', () => {
    const bench = createBench(rulesOf(OPEN('keep: 10m')))
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:20').say('a', 'door', 'closed')
    bench.at('00:29').say('a', 'door', 'open')
    bench.at('00:40').say('a', 'door', 'closed')
    expect(bench.restart().at('02:00').said()).toEqual([
      '00:10 open firing low h1',
      '00:50 open cleared low h1',
    ])
  })

  it('goes on with a state that comes back meanwhile, without its `for`', () => {
    const bench = createBench(rulesOf(OPEN('for: 5m, keep: 10m')))
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:20').say('a', 'door', 'closed')
    bench.at('00:29').say('a', 'door', 'open')
    expect(bench.at('00:32').said()).toEqual(['00:15 open firing low h1'])
    bench.say('a', 'door', 'closed')
    bench.at('00:42').say('a', 'door', 'open')
    expect(bench.at('02:00').said()).toEqual(['00:42 open cleared low h1', '00:47 open firing low h1'])
  })

  it('says again for each event', () => {
    const bench = createBench(rulesOf(MISSED('keep: 1h')))
    bench.at('00:10').say('a', 'medication', 'missed')
    bench.at('00:40').say('a', 'medication', 'missed')
    expect(bench.at('03:00').said()).toEqual([
      '00:10 missed firing low h1',
      '00:40 missed again low h1',
      '01:40 missed cleared low h1',
    ])
  })
})

describe('cooldown', () => {
  it('does not fire anew before its time, and then what still holds', () => {
    const bench = createBench(rulesOf(OPEN('cooldown: 30m')))
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:15').say('a', 'door', 'closed')
    bench.at('00:20').say('a', 'door', 'open')
    bench.at('00:25').say('a', 'door', 'closed')
    bench.at('00:30').say('a', 'door', 'open')
    expect(bench.restart().at('02:00').said()).toEqual([
      '00:10 open firing low h1',
      '00:15 open cleared low h1',
      '00:40 open firing low h1',
    ])
  })

  it('forgets what was over before its end', () => {
    const bench = createBench(rulesOf(MISSED('cooldown: 30m')))
    for (const time of ['00:10', '00:39', '00:40']) bench.at(time).say('a', 'medication', 'missed')
    expect(bench.at('02:00').said()).toEqual([
      '00:10 missed firing low h1',
      '00:10 missed cleared low h1',
      '00:40 missed firing low h1',
      '00:40 missed cleared low h1',
    ])
  })

  it('counts for each scope by itself', () => {
    const bench = createBench(rulesOf(OPEN('scope: sensor, cooldown: 30m')))
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:11').say('b', 'door', 'open')
    expect(bench.said()).toEqual(['00:10 open firing low h1/a', '00:11 open firing low h1/b'])
  })
})

/** With what the start said left out: the gateway connects then. */
function connected(rules: RuleSet): Bench {
  const bench = createBench(rules)
  bench.said()
  return bench
}

describe('muted', () => {
  it('does not begin to fire while the other fires, and fires after it if it still holds', () => {
    const bench = connected(rulesOf(LINK + SILENT))
    bench.at('00:10').link(false)
    bench.say('a', 'availability', 'offline')
    bench.say('b', 'availability', 'offline')
    bench.at('00:20').say('b', 'availability', 'online')
    bench.restart()
    bench.at('00:30').link(true)
    expect(bench.said()).toEqual([
      '00:10 link firing low h1',
      '00:30 link cleared low h1',
      '00:30 silent firing low h1/a',
    ])
  })

  it('lets what fires already go on, and end', () => {
    const bench = connected(rulesOf(LINK + SILENT))
    bench.at('00:10').say('a', 'availability', 'offline')
    bench.at('00:20').link(false)
    bench.at('00:30').say('a', 'availability', 'online')
    expect(bench.said()).toEqual([
      '00:10 silent firing low h1/a',
      '00:20 link firing low h1',
      '00:30 silent cleared low h1/a',
    ])
  })

  it('is muted by a rule that fires, not by one that is muted itself', () => {
    const rules = rulesOf(LINK + SILENT + OPEN('muted: { by: [silent] }'))
    const bench = connected(rules)
    bench.at('00:10').link(false)
    bench.say('a', 'availability', 'offline')
    bench.say('b', 'door', 'open')
    expect(bench.said()).toEqual(['00:10 link firing low h1', '00:10 open firing low h1'])
  })

  it('fires when the muting rule goes', () => {
    const bench = connected(rulesOf(LINK + SILENT))
    bench.at('00:10').link(false)
    bench.say('a', 'availability', 'offline')
    bench.at('00:20').use(rulesOf(LINK.replace('"offline"', '"online"') + SILENT))
    expect(bench.said()).toEqual(['00:10 link firing low h1', '00:20 silent firing low h1/a'])
  })
})
