import { expect, test } from 'vitest'
import { likelyProfiles } from '../../hub/decode/likely-profiles.ts'
import { matchTopic } from '../../hub/decode/topic-index.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'

const profiles = await loadProfiles('devices/profiles')
const judge = (device: Parameters<typeof likelyProfiles>[0]) => likelyProfiles(device, profiles)
const TOPICS = ['zigbee2mqtt/new']
const RADAR = 'zigbee2mqtt-fall-radar-owon-fds315'

test('every example of every profile that can be read finds its own profile', () => {
  let tried = 0
  for (const profile of profiles.values()) {
    for (const { topic, payload, undecoded } of profile.examples) {
      const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
      const isReading = profile.topics.some(
        ({ form, template }) => form !== 'availability' && matchTopic(template, topic) !== undefined,
      )
      const likely = isReading && undecoded === undefined ? judge({ topics: [topic], payload: text }) : []
      if (likely.length === 0) continue
      tried++
      expect(
        likely.map((one) => one.profile),
        `${profile.id}: ${text}`,
      ).toContain(profile.id)
    }
  }
  expect(tried).toBeGreaterThan(5)
})

test('a payload alone tells a contact from the others, and says why', () => {
  const payload = '{"contact":true,"battery":97,"linkquality":255}'
  const [first, ...others] = judge({ topics: TOPICS, payload })
  expect(first).toMatchObject({
    profile: 'zigbee2mqtt-contact',
    why: [{ by: 'keys', keys: ['contact', 'battery', 'linkquality'] }],
  })
  expect(first!.score).toBeGreaterThan(0.5)
  expect(others).toEqual([])
})

test('its model is worth more than a key that others have, and is enough before it speaks', () => {
  const radar = { topics: TOPICS, model: 'fds315', maker: 'OWON', keys: ['status', 'linkquality'] }
  expect(judge(radar)[0]).toMatchObject({ profile: RADAR, score: 1 })
  expect(judge({ topics: TOPICS, model: 'FDS-315' })[0]).toMatchObject({
    profile: RADAR,
    why: [{ by: 'model', model: 'FDS-315' }],
  })
})

test('a message that a profile cannot read speaks against it', () => {
  const good = judge({ topics: TOPICS, payload: '{"status":"falling"}' })
  const odd = judge({ topics: TOPICS, payload: '{"status":"ON"}' })
  expect(good[0]?.profile).toBe(RADAR)
  expect(odd[0]?.score ?? 0).toBeLessThan(good[0]!.score)
  expect(odd[0]?.why).toContainEqual({ by: 'unfit', reason: expect.stringContaining('"ON"') as string })
})

test('a native reading finds the native profile, and nothing finds a lamp or another topic', () => {
  const fall = judge({ topics: ['sensors/new'], payload: '{"kind":"motion","value":true}' })
  expect(fall).toMatchObject([{ profile: 'native', why: [{ by: 'keys', keys: ['motion'] }] }])
  expect(judge({ topics: TOPICS, payload: '{"state":"ON","brightness":254,"linkquality":90}' })).toEqual([])
  expect(judge({ topics: ['some/where'], payload: '{"contact":true}' })).toEqual([])
  expect(judge({ topics: TOPICS, payload: '{"battery":97,"linkquality":90}' })).toEqual([])
  expect(judge({ topics: TOPICS })).toEqual([])
})
