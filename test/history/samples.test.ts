import { describe, expect, test } from 'vitest'
import { homePoint, hubPoints, indicatorPoints, sensorPoint } from '../../hub/history/samples.ts'
import type { HomeSample, HubSample } from '../../hub/history/samples.ts'
import { INDICATOR_IDS } from '../../hub/model/indicator.ts'
import type { Figure, IndicatorId } from '../../hub/model/indicator.ts'
import { KINDS } from '../../hub/model/kind.ts'
import { T0 } from './entries.ts'

const HOME: HomeSample = {
  home: 'h1',
  area: 'Vardø',
  protection: { state: 'partly', reasons: [{ code: 'sensor-silent' }, { code: 'battery-low' }] },
  openAlerts: 2,
  online: true,
  silent: 1,
  sensors: 4,
}

const HUB: HubSample = {
  span: 10_000,
  readings: 25,
  inputs: 40,
  undecoded: 1,
  commit: { p50: 1.5, p99: 9 },
  loop: 2,
  history: { entries: 7, age: 1500 },
  outbox: { queued: 3, age: 2500 },
  connections: 12,
  homes: 5,
  openAlerts: 2,
  unanswered: 1,
  diskFree: 1e9,
  memory: 2e8,
  channels: [
    { channel: 'kannel', ok: true },
    { channel: 'elks', ok: false },
  ],
  connectorsDown: 1,
}

test('no kind of reading has the name of a sample, or both would be one measurement', () => {
  for (const name of ['alert', 'home', 'sensor', 'hub', 'channel', 'indicator', 'indicator_day']) {
    expect(KINDS.has(name)).toBe(false)
  }
})

describe('homePoint', () => {
  test('says how the home is, with the gravest reason', () => {
    expect(homePoint(T0, HOME)).toEqual({
      measurement: 'home',
      tags: { home: 'h1', area: 'Vardø' },
      fields: {
        protection: 0.5,
        state: 'partly',
        reason: 'sensor-silent',
        reasons: 2,
        open_alerts: 2,
        online: 1,
        silent: 1,
        sensors: 4,
      },
      time: `${T0}000000`,
      seq: 0,
    })
  })

  test.each([
    ['protected', 1],
    ['not', 0],
    ['planned', undefined],
    ['paused', undefined],
  ] as const)('%s is %s: what is not in service is neither protected nor not', (state, value) => {
    const { fields } = homePoint(T0, { ...HOME, protection: { state, reasons: [] } })
    expect(fields['protection']).toBe(value)
    expect(fields).toMatchObject({ state, reason: '', reasons: 0 })
  })
})

describe('sensorPoint', () => {
  const SENSOR = { home: 'h1', sensor: 's', profile: 'native', silent: false, isBatteryLow: false }

  test('says since when it is quiet, in seconds, and what it says of itself', () => {
    const made = sensorPoint(T0, {
      ...SENSOR,
      room: 'hall',
      quiet: 1500,
      battery: 9,
      link: 80,
      isBatteryLow: true,
    })
    expect(made.tags).toEqual({ home: 'h1', sensor: 's', room: 'hall', profile: 'native' })
    expect(made.fields).toEqual({ quiet: 1.5, silent: 0, battery: 9, link: 80, battery_low: 1 })
  })

  test('what never spoke has no time since it was heard', () => {
    expect(sensorPoint(T0, { ...SENSOR, silent: true }).fields).toEqual({ silent: 1, battery_low: 0 })
  })
})

describe('hubPoints', () => {
  test('rates are of a second, times in the unit of their name, and each channel has a point', () => {
    const [hub, ...channels] = hubPoints(T0, HUB)
    expect(hub).toMatchObject({ measurement: 'hub', tags: {} })
    expect(hub?.fields).toEqual({
      readings_per_s: 2.5,
      inputs_per_s: 4,
      undecoded: 1,
      commit_ms_p50: 1.5,
      commit_ms_p99: 9,
      loop_ms_p99: 2,
      history_lag: 7,
      history_lag_s: 1.5,
      outbox: 3,
      outbox_s: 2.5,
      connections: 12,
      homes: 5,
      open_alerts: 2,
      unanswered: 1,
      disk_free: 1e9,
      memory: 2e8,
      channels_down: 1,
      connectors_down: 1,
    })
    expect(channels.map(({ tags, fields }) => [tags, fields])).toEqual([
      [{ channel: 'kannel' }, { up: 1 }],
      [{ channel: 'elks' }, { up: 0 }],
    ])
  })

  test('what is not known is left out, and nothing is divided by no time', () => {
    const { commit: _, diskFree: __, ...rest } = HUB
    const [hub] = hubPoints(T0, { ...rest, span: 0 })
    expect(hub?.fields).not.toHaveProperty('commit_ms_p99')
    expect(hub?.fields).not.toHaveProperty('disk_free')
    expect(hub?.fields['readings_per_s']).toBe(25_000)
  })
})

test('indicatorPoints gives those of which there was something to measure', () => {
  const figures = Object.fromEntries(INDICATOR_IDS.map((id) => [id, { of: 0 }])) as Record<
    IndicatorId,
    Figure
  >
  const made = indicatorPoints(T0, { ...figures, 'acknowledge-time': { value: 30, p90: 90, of: 4 } })
  expect(made).toMatchObject([
    {
      measurement: 'indicator',
      tags: { indicator: 'acknowledge-time' },
      fields: { value: 30, p90: 90, of: 4 },
    },
  ])
})
