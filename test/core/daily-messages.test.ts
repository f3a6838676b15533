import { afterEach, describe, expect, it } from 'vitest'
import { stopCores } from './bench.ts'
import { contact, DAY, dailyBench, familyHome, HOUR, MINUTE } from './daily-bench.ts'
import { DAYS } from './days.ts'

afterEach(stopCores)

/** Midnight in Oslo of Sunday, 22 November 2026. */
const TODAY = Date.UTC(2026, 10, 21, 23)

/** `08:00`, or of the evening before `-21:00`. */
function timeOf(text: string): number {
  const [hours = 0, minutes = 0] = text.replace('-', '').split(':').map(Number)
  return TODAY - (text.startsWith('-') ? DAY : 0) + hours * HOUR + minutes * MINUTE
}

/** A home that was registered two days before, at noon, and whose family gets its message at 08:00. */
async function livedIn(at = '08:00') {
  const bench = await dailyBench(TODAY - 2 * DAY + 12 * HOUR)
  const contacts = ['anne', 'per'].map((id) => contact(id, { allWell: { at } }))
  await bench.register(familyHome({ contacts }))
  return bench
}

describe('the daily word on', () => {
  it.each(DAYS)('$name', async ({ steps, at = '08:00', is, nb, en }) => {
    const isNew = steps[0]?.endsWith('registered') === true
    const bench = isNew ? await dailyBench(TODAY - DAY) : await livedIn(at)
    for (const step of steps) {
      const [time = '', ...what] = step.split(' ')
      expect(timeOf(time)).toBeGreaterThanOrEqual(bench.bench.core.now())
      await bench.goTo(timeOf(time))
      const [, until] = /^hub away until (\S+)$/.exec(what.join(' ')) ?? []
      if (until === undefined) await bench.happen(what.join(' '))
      else await bench.away(timeOf(until))
    }
    await bench.goTo(timeOf(at))
    const letter = bench.letters().find((one) => one.queuedAt === timeOf(at))
    expect(letter?.letter).toMatchObject({ day: { is } })
    expect(bench.text('anne')).toBe(nb)
    expect(bench.text('per')).toBe(en)
    for (const text of [nb, en]) expect(text).toMatch(/^[\u0020-\u007eæøåÆØÅ]{1,160}$/)
  })
})

/** When messages to Anne were made, and what became of them; by the clock of Oslo in winter. */
function sent(bench: Awaited<ReturnType<typeof dailyBench>>, id = 'anne'): string[] {
  return bench
    .letters()
    .filter((one) => one.contact === id)
    .map(({ queuedAt, state, letter }) => {
      const is = letter.is === 'all-well' ? letter.day.is : letter.is
      return `${new Date(queuedAt + HOUR).toISOString().slice(8, 16)} ${is} ${state}`
    })
}

async function withContact(more: Parameters<typeof contact>[1], timezone = 'Europe/Oslo') {
  const bench = await dailyBench(TODAY - 2 * DAY + 12 * HOUR)
  await bench.register(familyHome({ timezone, contacts: [contact('anne', more)] }))
  return bench
}

describe('the daily message', () => {
  it('comes each day at the time of the contact, once, and in place of one that could not leave', async () => {
    const bench = await withContact({})
    await bench.goTo(TODAY + 2 * DAY)
    expect(sent(bench)).toEqual([
      '21T08:00 not-seen cancelled',
      '22T08:00 not-seen cancelled',
      '23T08:00 not-seen queued',
    ])
  })

  it('comes on the days that were asked for', async () => {
    const bench = await withContact({ allWell: { at: '10:00', days: [1, 7] } })
    await bench.goTo(TODAY + 5 * DAY)
    // 22 November 2026 is a Sunday.
    expect(sent(bench).map((one) => one.slice(0, 8))).toEqual(['22T10:00', '23T10:00'])
  })

  it('comes after quiet hours', async () => {
    const bench = await withContact({ allWell: { at: '06:30' }, quiet: { from: '22:00', to: '07:30' } })
    await bench.goTo(TODAY + DAY)
    expect(sent(bench).map((one) => one.slice(0, 8))).toEqual(['21T07:30', '22T07:30'])
  })

  it.each([
    ['nothing was asked of', {}],
    ['withdrew it', { consent: { 'all-well': { is: 'withdrawn', since: 0 } } }],
    ['wrote STOP', { consent: { 'all-well': { is: 'given', since: 0 } }, stopped: { since: 1 } }],
  ] as const)('goes to nobody who %s', async (_name, more) => {
    const bench = await dailyBench(TODAY - 2 * DAY)
    const { consent: _, ...rest } = contact('anne')
    await bench.register(familyHome({ contacts: [{ ...rest, ...more }] }))
    await bench.goTo(TODAY)
    expect(bench.letters()).toEqual([])
  })

  it('is taken back when it is not wanted any more, and is not sent again', async () => {
    const bench = await withContact({})
    await bench.goTo(TODAY + 8 * HOUR)
    await bench.register(familyHome({ contacts: [contact('anne', { stopped: { since: 1 } })] }))
    await bench.goTo(TODAY + 2 * DAY)
    expect(sent(bench)).toEqual(['21T08:00 not-seen cancelled', '22T08:00 not-seen cancelled'])
  })

  it('keeps its time when something else about the home changes, and takes a new one at once', async () => {
    const bench = await withContact({})
    await bench.goTo(TODAY - DAY + 9 * HOUR)
    await bench.register(familyHome({ contacts: [contact('anne')], area: 'Alta' }))
    await bench.goTo(TODAY - DAY + 10 * HOUR)
    await bench.register(familyHome({ contacts: [contact('anne', { allWell: { at: '11:00' } })] }))
    await bench.goTo(TODAY + 12 * HOUR)
    expect(sent(bench).map((one) => one.slice(0, 8))).toEqual(['21T08:00', '21T11:00', '22T11:00'])
  })

  it('comes when the hub was stopped and started again in between, as if it had not been', async () => {
    const bench = await withContact({})
    await bench.goTo(TODAY + 7 * HOUR)
    await bench.away(TODAY + 7 * HOUR + MINUTE)
    await bench.happen('motion')
    await bench.goTo(TODAY + 9 * HOUR)
    expect(sent(bench).at(-1)).toBe('22T08:00 well queued')
  })

  it('comes late where the hub was away for a while, when the home had time to be seen again', async () => {
    const bench = await withContact({})
    await bench.goTo(TODAY + 7 * HOUR)
    await bench.away(TODAY + 9 * HOUR)
    await bench.goTo(TODAY + 12 * HOUR)
    expect(sent(bench).slice(1)).toEqual(['22T09:10 unknown queued'])
    expect(bench.letters().at(-1)?.letter).toMatchObject({
      day: { what: 'hub', since: TODAY + 7 * HOUR, until: TODAY + 9 * HOUR },
    })
  })

  it('does not come when the hub was away for long, which leaves a trace', async () => {
    const bench = await withContact({})
    await bench.goTo(TODAY + 7 * HOUR)
    await bench.away(TODAY + 13 * HOUR)
    await bench.goTo(TODAY + DAY + 9 * HOUR)
    expect(sent(bench).slice(1)).toEqual(['22T13:00 unknown cancelled', '23T08:00 not-seen queued'])
    expect(bench.letters().find(({ queuedAt }) => queuedAt === TODAY + 13 * HOUR)).toMatchObject({
      error: 'the hub was not there in time',
    })
  })

  it('waits for a home that went out of sight a moment ago', async () => {
    const bench = await withContact({})
    await bench.goTo(TODAY + 7 * HOUR + 30 * MINUTE)
    await bench.happen('motion')
    await bench.goTo(TODAY + 7 * HOUR + 58 * MINUTE)
    await bench.happen('offline')
    await bench.goTo(TODAY + 8 * HOUR + 2 * MINUTE)
    await bench.happen('online')
    await bench.goTo(TODAY + 9 * HOUR)
    expect(sent(bench).slice(1)).toEqual(['22T08:10 well queued'])
  })

  it('that has not left yet when an alert is raised says so instead', async () => {
    const bench = await withContact({})
    await bench.goTo(TODAY + 7 * HOUR + 30 * MINUTE)
    await bench.happen('motion')
    await bench.goTo(TODAY + 8 * HOUR)
    expect(sent(bench).at(-1)).toBe('22T08:00 well queued')
    await bench.happen('fall')
    expect(sent(bench).slice(1)).toEqual(['22T08:00 well cancelled', '22T08:00 open queued'])
  })

  it('that could not leave for hours is not sent any more', async () => {
    const bench = await withContact({})
    await bench.goTo(TODAY + 8 * HOUR)
    expect(bench.text('anne')).toContain('Sensorene hos Mor virker')
    await bench.goTo(TODAY + 11 * HOUR + MINUTE)
    expect(bench.text('anne')).toBe('It waited for so long that it is no longer true')
  })
})

describe('the daily message when the clocks change', () => {
  const SPRING = Date.UTC(2026, 2, 28, 23)
  const AUTUMN = Date.UTC(2026, 9, 24, 22)

  async function sentAt(start: number, at: string): Promise<string[]> {
    const bench = await dailyBench(start - DAY)
    await bench.register(familyHome({ contacts: [contact('anne', { allWell: { at } })] }))
    await bench.goTo(start + 2 * DAY)
    return bench.letters().map(({ queuedAt }) => new Date(queuedAt).toISOString().slice(8, 16))
  }

  it.each([
    ['follows the clock on the wall in spring', SPRING, '08:00', ['28T07:00', '29T06:00', '30T06:00']],
    ['follows the clock on the wall in autumn', AUTUMN, '08:00', ['24T06:00', '25T07:00', '26T07:00']],
    ['comes as much later as the clock jumps', SPRING, '02:30', ['28T01:30', '29T01:30', '30T00:30']],
    ['comes once where the time comes twice', AUTUMN, '02:30', ['24T00:30', '25T00:30', '26T01:30']],
  ])('%s', async (_name, start, at, expected) => {
    expect(await sentAt(start, at)).toEqual(expected)
  })
})
