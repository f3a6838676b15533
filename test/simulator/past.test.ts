import { expect, it } from 'vitest'
import { planHomes } from '../../devices/simulator/home-plan.ts'
import { simulatePast } from '../../hub/cli/demo-past.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const WEEK = 7 * 24 * 3_600_000
const TO = Date.parse('2026-11-21T22:00:00Z')
const profiles = await loadProfiles('devices/profiles')
const ruleFiles = await loadRuleFiles('rules')

async function week(folder: string) {
  const progress: number[] = []
  const homes = planHomes(12, 'h')
  const onProgress = (done: number): void => void progress.push(done)
  const past = await simulatePast({
    folder,
    homes,
    passwords: {},
    profiles,
    ruleFiles,
    from: TO - WEEK,
    to: TO,
    onProgress,
  })
  const database = openDatabase(folder)
  const journal = createJournalReader(database.db)
  const alerts = journal.alerts({ all: true, limit: 1000 })
  const notifications = alerts.flatMap(({ id }) => journal.notificationsOf(id))
  const newest = journal.after(journal.newest() - 1, 1)[0]
  const undecoded = journal.undecoded(10)
  database.close()
  return { past, progress, alerts, notifications, newest, undecoded }
}

it('simulatePast tells a week of twelve homes: plausible alerts, all answered, nothing left to send', async () => {
  const { past, progress, alerts, notifications, newest, undecoded } = await week(tempDir('past'))
  expect(past.messages).toBeGreaterThan(15_000)
  expect(past.readings).toBeGreaterThan(past.messages)
  expect(progress.at(-1)).toBe(1)
  expect(undecoded).toEqual([])

  // The planned incidents and nothing that was not planned: a nurse would not stand many false ones.
  const rules = Map.groupBy(alerts, ({ rule }) => rule)
  const counts = Object.fromEntries([...rules].map(([rule, list]) => [rule, list.length]))
  expect(counts).toEqual({
    fall: 4,
    sos: 3,
    'low-spo2': 2,
    'battery-low': 1,
    'gateway-silent': 2,
    'sensor-silent': 1,
  })
  expect(past.alerts).toBe(alerts.length)

  const open = alerts.filter(({ handling }) => handling !== 'resolved')
  expect(open.map(({ rule, severity }) => ({ rule, severity }))).toEqual([
    { rule: 'battery-low', severity: 'low' },
  ])
  expect(notifications.length).toBeGreaterThan(9)
  expect(notifications.filter(({ state }) => state === 'queued')).toEqual([])
  for (const alert of alerts.filter(({ severity }) => severity === 'high')) {
    const told = notifications.filter((one) => one.alert === alert.id && one.template === 'alert')
    expect(told.length, alert.rule).toBeGreaterThan(0)
  }
  // The hub that starts on it must not find itself in the future.
  expect(newest?.now).toBeLessThanOrEqual(TO)
  expect(newest?.now).toBeGreaterThan(TO - 3_600_000)
}, 60_000)
