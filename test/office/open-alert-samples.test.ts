import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Point } from '../../hub/history/points.ts'
import type { Alert } from '../../hub/model/alert.ts'
import { createOpenAlertSamples } from '../../hub/office/open-alert-samples.ts'
import { startCore, stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'

let bench: CoreBench
beforeEach(async () => {
  bench = await startCore(createMemoryStore())
})
afterEach(stopCores)

const shown = (points: readonly Point[]) =>
  points
    .filter(({ measurement }) => measurement === 'open_alert')
    .map(({ tags, fields }) => [tags['rule'], fields['open'], fields['handling']])
const counts = (points: readonly Point[]) =>
  points.find(({ measurement }) => measurement === 'open_alerts')?.fields

it('says every ten seconds what is open, and once that it is open no more', async () => {
  const samples = createOpenAlertSamples(bench.core)
  expect(samples.next()).toEqual([
    expect.objectContaining({
      measurement: 'open_alerts',
      tags: {},
      fields: { high: 0, medium: 0, low: 0, info: 0, urgent: 0 },
    }),
  ])
  await bench.say('a', 'fall', 'detected')
  const [alert] = bench.core.openAlerts()
  const open = samples.next()
  expect(shown(open)).toEqual([['fall', 1, 'new']])
  expect(counts(open)).toMatchObject({ high: 1, urgent: 1 })
  expect(open[1]).toMatchObject({
    tags: { home: 'h1', rule: 'fall' },
    fields: { alert: alert?.id, urgency: 4, condition: 'active', raised: alert?.raisedAt, test: 0 },
  })
  await bench.take({
    type: 'resolve',
    alert: alert?.id ?? '',
    by: 'operator:siv',
    via: 'console',
    cause: 'false',
  })
  const over = samples.next()
  expect(shown(over)).toEqual([['fall', 0, 'resolved']])
  expect(counts(over)).toMatchObject({ high: 0, urgent: 0 })
  expect(shown(samples.next())).toEqual([])
})

it('writes the gravest where there are too many, and counts all', () => {
  const alert = (rule: string, severity: Alert['severity'], raisedAt: number) =>
    ({ id: rule, rule, scope: 'h1', severity, raisedAt, handling: 'new', condition: 'active' }) as Alert
  const all = [alert('a', 'low', 1), alert('b', 'high', 3), alert('c', 'high', 2), alert('d', 'info', 0)]
  const samples = createOpenAlertSamples({ now: () => 5, openAlerts: () => all }, 2)
  const points = samples.next()
  expect(shown(points)).toEqual([
    ['c', 1, 'new'],
    ['b', 1, 'new'],
  ])
  expect(counts(points)).toEqual({ high: 2, medium: 0, low: 1, info: 1, urgent: 2 })
})
