import * as fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { createHistoryReads } from '../../hub/database/history-reads.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { pointsOf } from '../../hub/history/points.ts'
import type { KeptEntry } from '../../hub/model/kept-entry.ts'
import type { Reading } from '../../hub/model/reading.ts'
import { START, startCore, stopCores } from '../core/bench.ts'
import { EMPTY_BATCH } from '../helpers/nothing-new.ts'
import { tempDir } from '../helpers/temp-dir.ts'

function open() {
  const database = openDatabase(tempDir('history-reads'))
  onTestFinished(database.close)
  return database.db
}

const roomOf = (home: string, sensor: string, seq: number) => `${home}/${sensor}/${seq % 3}`
const pointsIn = (entries: readonly KeptEntry[]) => entries.map((entry) => pointsOf(entry, roomOf))

/** What could be taken for the value, or the mark, of the journal's JSON. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 10 }),
  fc.constantFrom(
    '"value":7,',
    '","value":"x"}',
    '"late":true',
    String.raw`\"value\":1,`,
    'open',
    '\\',
    'null',
    'true',
  ),
)
const reading = fc.record(
  {
    home: text,
    sensor: text,
    kind: fc.constantFrom('door', 'heart_rate', 'motion', 'no-such-kind'),
    value: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom('open', 'closed', null),
      text,
    ),
    at: fc.integer({ min: START, max: START + 1000 }),
    receivedAt: fc.constant(START),
    id: text,
    status: text,
  },
  { requiredKeys: ['home', 'sensor', 'kind', 'value', 'at', 'receivedAt'] },
)
const marks = fc.record(
  {
    late: fc.constant(true as const),
    outOfOrder: fc.constant(true as const),
    repeat: fc.constant(true as const),
    claimedAt: fc.integer(),
  },
  { requiredKeys: [] },
)

it('createHistoryReads: gives the points that the whole journal gives', () => {
  const db = open()
  const store = createSqliteStore(db)
  const applied = fc
    .sample(
      fc.record({
        reading,
        marks: fc.option(marks, { nil: undefined, freq: 1 }),
        isTest: fc.nat(9).map((one) => one === 0),
      }),
      2000,
    )
    .map(({ reading: given, marks: found, isTest }, index) => ({
      entry: {
        seq: index + 1,
        now: START + 5000 + index,
        input: {
          type: 'reading' as const,
          reading: given as Reading,
          ...(isTest && { test: true as const }),
          packet: { client: '"value":', packetId: 1, dup: false, digest: 1, inputs: 1 },
        },
      },
      ...(found !== undefined && { marks: found }),
      events: [],
    }))
  store.commit({ ...EMPTY_BATCH, applied })
  const whole = pointsIn(createJournalReader(db).after(0, 5000))
  expect(whole).toHaveLength(2000)
  expect(whole.flatMap(({ points }) => points).length).toBeGreaterThan(300)
  expect(whole.filter(({ refused }) => refused !== undefined).length).toBeGreaterThan(100)
  const reads = createHistoryReads(db)
  expect(pointsIn([...reads.after(0, 700), ...reads.after(700, 5000)])).toEqual(whole)
  expect(reads.newest()).toBe(2000)
})

it('createHistoryReads: has what changed about alerts, and homes as they were registered', async () => {
  const db = open()
  onTestFinished(stopCores)
  const bench = await startCore(createSqliteStore(db))
  await bench.say('a', 'fall', 'detected')
  await bench.say('a', 'heart_rate', 61)
  await bench.take({
    type: 'resolve',
    alert: bench.alert('fall').id,
    cause: 'real',
    by: 'anna',
    via: 'board',
  })
  const whole = createJournalReader(db).after(0, 100)
  const found = createHistoryReads(db).after(0, 100)
  const changes = whole.flatMap(({ alertChanges }) => alertChanges.map(({ what }) => what))
  expect(changes).toEqual(expect.arrayContaining(['raised', 'resolved']))
  expect(pointsIn(found)).toEqual(pointsIn(whole))
  const homes = (entries: readonly KeptEntry[]) => entries.filter(({ input }) => input.type === 'home')
  expect(homes(whole)).toHaveLength(1)
  expect(homes(found)).toEqual(homes(whole))
})
