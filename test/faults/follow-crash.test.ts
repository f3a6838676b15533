import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { launchHub, startHubProcess } from '../helpers/hub-process.ts'
import { openEvents } from '../helpers/server-events.ts'
import type { EventStream, ServerEvent } from '../helpers/server-events.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'
import { hubYaml, register } from './homes.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import { createLoad, seeded } from './load.ts'

const KILLS = 2
const FALL_SENSORS = 40

/** A program that follows, and comes back after each death of the hub with the newest id that it has. */
function createFollower(path: string, token: string) {
  const told: ServerEvent[] = []
  let stream: EventStream | undefined
  let lastId: string | undefined
  const gather = (): void => {
    for (const one of stream?.all ?? []) {
      if (one.event === 'transition' || one.event === 'reading') told.push(one)
      expect(one.event).not.toBe('gap')
    }
    lastId = stream?.all.at(-1)?.id ?? lastId
  }
  return {
    async connect(url: string) {
      stream = await openEvents(`${url}/api/live/${path}`, token, lastId)
    },
    async ended() {
      await stream?.ended
      gather()
    },
    close() {
      stream?.close()
    },
    /** With those of the stream that is open. */
    count: () =>
      told.length + (stream?.all ?? []).filter(({ event }) => event !== 'hello' && event !== 'beat').length,
    places: () => told.map(({ data }) => `${data.seq}.${data.n ?? 1}`),
  }
}

it(
  `tells a program that follows every transition and every reading once, over ${KILLS} times kill -9`,
  { timeout: 120_000 },
  async ({ task }) => {
    const random = seeded(20_261_122)
    const config = hubYaml()
    const first = await startHubProcess({ config })
    const { data } = first
    const homes = await register(first, 2, FALL_SENSORS)
    const scopes = ['read:alerts', 'read:history']
    const { token } = await first.api<{ token: string }>('POST', '/api/tokens', { name: 'flow', scopes })
    const transitions = createFollower('transitions', token)
    const readings = createFollower('readings', token)
    const followers = [transitions, readings]
    await Promise.all(followers.map((one) => one.connect(first.url)))
    const load = createLoad({ homes, random, window: 16, falls: 0.2, fallSensors: FALL_SENSORS })

    let hub: Pick<typeof first, 'kill'> = first
    let { mqttPort } = first
    for (let kill = 0; kill < KILLS; kill++) {
      const until = load.acknowledged() + 20 + Math.floor(random() * 100)
      const running = load.run(mqttPort)
      await waitFor('readings to be acknowledged', () => load.acknowledged() >= until, { interval: 1 })
      await delay(random() * 20)
      await hub.kill('SIGKILL')
      await running
      await Promise.all(followers.map((one) => one.ended()))
      const next = launchHub({ data, config })
      const started = await next.started
      if (!started) throw new Error(next.stderr())
      hub = next
      mqttPort = started.mqttPort
      await Promise.all(followers.map((one) => one.connect(started.url)))
    }
    await load.finish(mqttPort)

    const db = new DatabaseSync(join(data, 'hub.db'), { readOnly: true })
    const rows = (sql: string): string[] =>
      (db.prepare(sql).all() as { place: string }[]).map(({ place }) => place)
    const toldOf = rows(
      `SELECT place FROM (SELECT seq, rowid AS r, what, seq || '.' || row_number() OVER (PARTITION BY seq ORDER BY rowid) AS place
       FROM alert_event) WHERE what IN ('raised', 'again', 'cleared', 'resolved', 'reopened') ORDER BY seq, r`,
    )
    const ofReadings = rows(`SELECT seq || '.1' AS place FROM journal WHERE type = 'reading' ORDER BY seq`)
    db.close()
    await waitFor(
      'everything to be told',
      () => transitions.count() >= toldOf.length && readings.count() >= ofReadings.length,
    )
    for (const one of followers) one.close()
    await Promise.all(followers.map((one) => one.ended()))
    await hub.kill('SIGTERM')
    const wrong = await findWrong({ data, sent: load.sent })
    recordFault(task, {
      fault: 'kill -9 while programs follow',
      times: KILLS,
      readings: load.acknowledged(),
      alarms: load.alarms(),
      lost: wrong.lost.length,
      doubled: wrong.twice.length,
    })
    expect(wrong).toEqual(NOTHING_WRONG)
    expect(transitions.places()).toEqual(toldOf)
    expect(readings.places()).toEqual(ofReadings)
    expect(toldOf.length).toBeGreaterThan(20)
  },
)
