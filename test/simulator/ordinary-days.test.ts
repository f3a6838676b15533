import { expect, it } from 'vitest'
import { planHomes, writeImportFile } from '../../devices/simulator/home-plan.ts'
import { encodePayload, topicOf } from '../../devices/simulator/sensor-model.ts'
import { decode } from '../../hub/decode/decode.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { createTopicIndex } from '../../hub/decode/topic-index.ts'
import { parseHomes } from '../../hub/register/parse-homes.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import type { PastReading } from '../../hub/rules/parse-readings.ts'
import { replay } from '../../hub/rules/replay.ts'

const DAY = 24 * 3_600_000
const DAYS = 28
const FROM = Date.parse('2026-10-12T12:00:00Z')
const HOMES = 12

/** What nobody has to stand up for: an absence that ends, a habit. Of homes and weeks together. */
const MOST_FOR_THE_BOARD = 2

it(`the shipped rules call nobody in ${DAYS} ordinary days of ${HOMES} homes`, async () => {
  const profiles = await loadProfiles('devices/profiles')
  const rules = parseRules(await loadRuleFiles('rules'))
  if (!rules.ok) throw new Error('the shipped rules have errors')
  const planned = planHomes(HOMES, 'h')
  const register = parseHomes('homes.yaml', writeImportFile(planned), profiles, rules.value)
  if (!register.ok) throw new Error('the import file has errors')
  const homes = register.value.map(({ home }) => home)

  const readings = planned.flatMap(({ household }, index): PastReading[] => {
    const home = homes[index]
    if (!home) return []
    const { routes } = createTopicIndex(home, profiles)
    return household.between(FROM, FROM + DAYS * DAY).flatMap((message) => {
      const sensor = household.sensors.find(({ id }) => id === message.sensor)
      const route = sensor && routes.get(topicOf(sensor, message.form))
      if (!route) throw new Error(`${message.sensor} is no sensor of its home`)
      const { observations } = decode(route.profile, route.form, encodePayload(message.payload))
      return observations.flatMap(({ kind, value }): PastReading[] =>
        value === null
          ? []
          : [{ home: home.id, sensor: message.sensor, kind, value, at: message.at, receivedAt: message.at }],
      )
    })
  })
  readings.sort((a, b) => a.receivedAt - b.receivedAt)

  const said = [...replay(readings, { rules: rules.value, homes })].filter(({ to }) => to !== 'cleared')
  const show = said.map(({ at, rule, scope }) => `${new Date(at).toISOString()} ${rule} ${scope}`)
  const calls = said.filter(({ rule, severity }) => {
    const isTechnical = rules.value.rules.get(rule)?.category === 'technical'
    return isTechnical || severity === 'high' || severity === 'medium'
  })
  expect(calls, show.join('\n')).toEqual([])
  expect(said.length, show.join('\n')).toBeLessThanOrEqual(MOST_FOR_THE_BOARD)
}, 60_000)
