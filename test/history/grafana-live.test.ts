import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseConfig } from '../../hub/config.ts'
import type { Commit } from '../../hub/core/core.ts'
import { createGrafanaLive } from '../../hub/history/grafana-live.ts'
import type { GrafanaLive, GrafanaLiveOptions } from '../../hub/history/grafana-live.ts'
import { openLive } from '../../hub/open-live.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { freePort } from '../helpers/free-port.ts'
import { startGrafanaLive } from '../helpers/grafana-live.ts'
import type { GrafanaLiveServer } from '../helpers/grafana-live.ts'
import { EMPTY_COMMIT } from '../helpers/nothing-new.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { startCore, stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'

const TOKEN = 'glsa_of_this_test'

let bench: CoreBench
let grafana: GrafanaLiveServer
let live: GrafanaLive | undefined
let said: string[]
let timers: (() => void)[]
beforeEach(async () => {
  bench = await startCore(createMemoryStore())
  grafana = await startGrafanaLive(TOKEN)
  said = []
  timers = []
})
afterEach(async () => {
  await live?.stop()
  live = undefined
  stopCores()
  await grafana.close()
})

function parts() {
  return {
    onCommit: bench.core.onCommit,
    clock: {
      now: bench.core.now,
      // Called by `retry`, and not before.
      later(call: () => void) {
        timers.push(call)
        return () => {}
      },
    },
    random: () => 1,
    log: {
      info: (_: object, message: string) => said.push(message),
      warn: (fields: object, message: string) =>
        said.push(`${message}: ${(fields as { error: string }).error}`),
    },
  }
}

function start(more: Partial<GrafanaLiveOptions> = {}): GrafanaLive {
  live = createGrafanaLive({ url: grafana.url, token: TOKEN, ...parts(), ...more })
  live.start()
  return live
}

/** The wait after a failure is over. */
function retry(): void {
  for (const call of timers.splice(0)) call()
}

const fall = (sensor = 'a') => bench.say(sensor, 'fall', 'detected')
const whats = () => grafana.lines.map(({ fields }) => fields['what'])

describe('createGrafanaLive', () => {
  it('pushes each change of an alert at once, always with the same fields', async () => {
    const pushing = start()
    await fall()
    const alert = bench.alert('fall')
    await bench.take({ type: 'acknowledge', alert: alert.id, by: 'operator:siv', via: 'cli' })
    await fall('b')
    await bench.take({ type: 'notice', notice: 'hub-rules-refused', on: true, reason: 'r' })
    await waitFor('all changes', () => pushing.facts().pushed >= 5)
    expect(whats()).toEqual(['raised', 'acknowledged', 'again', 'reopened', 'raised'])
    const [raised, acknowledged] = grafana.lines
    expect(raised).toEqual({
      measurement: 'alert',
      fields: {
        alert: alert.id,
        home: 'h1',
        area: '',
        rule: 'fall',
        subject: '',
        severity: 'high',
        category: 'safety',
        what: 'raised',
        handling: 'new',
        condition: 'active',
        level: 'high',
        open: 1,
        test: 0,
        raised: alert.raisedAt,
        at: alert.raisedAt,
      },
      time: `${alert.raisedAt}000000`,
    })
    expect(acknowledged?.fields).toMatchObject({ handling: 'acknowledged', open: 1 })
    const shapes = grafana.lines.map(({ fields }) =>
      Object.entries(fields).map(([key, value]) => [key, typeof value]),
    )
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1)
    expect(new Set(grafana.lines.map(({ time }) => time)).size).toBe(grafana.lines.length)
    expect(pushing.facts()).toEqual({ pushed: 5, dropped: 0 })
    expect(said).toEqual([])
  })

  it('a change of which no line can be made is said, and ends nothing', async () => {
    await fall()
    const alert = bench.alert('fall')
    let heard: (commit: Commit) => void = () => {}
    const pushing = start({
      onCommit(listener) {
        heard = listener
        return bench.core.onCommit(listener)
      },
    })
    const event = { alert: alert.id, now: Number.NaN, at: 0, what: 'again', by: 'rule', via: 'rule' } as const
    heard({ ...EMPTY_COMMIT, alerts: [alert], events: [event] })
    await waitFor('the failure', () => pushing.facts().failing !== undefined)
    await bench.take({ type: 'acknowledge', alert: alert.id, by: 'operator:siv', via: 'cli' })
    await waitFor('the next change', () => pushing.facts().pushed === 1)
    expect(pushing.facts().failing).toBeUndefined()
  })

  it('pushes nothing where no alert changes', async () => {
    start()
    await bench.say('a', 'spo2', 97)
    await fall()
    await waitFor('the fall', () => grafana.lines.length > 0)
    expect(grafana.requests()).toBe(1)
  })

  it.each([
    [401, 'the token is wrong, or was taken back (401)'],
    [403, 'the service account may not live:push: give it the role Editor (403)'],
    [404, 'there is no Grafana Live at this address: is the URL right? (404)'],
    [503, 'it answered 503'],
  ])('%d is said once and tried again; what waited comes in its order', async (status, error) => {
    grafana.mood = status
    const pushing = start()
    await fall()
    await waitFor('a refusal', () => pushing.facts().failing)
    await bench.take({ type: 'acknowledge', alert: bench.alert('fall').id, by: 'operator:siv', via: 'cli' })
    retry()
    await waitFor('the next refusal', () => grafana.requests() === 2 && timers.length > 0)
    expect(pushing.facts()).toMatchObject({ pushed: 0, dropped: 0, failing: { error } })
    expect(said).toEqual([`Grafana Live does not take what is pushed; trying again: ${error}`])
    grafana.mood = 'up'
    retry()
    await waitFor('what waited', () => pushing.facts().pushed === 2)
    expect(whats()).toEqual(['raised', 'acknowledged'])
    expect(pushing.facts()).toEqual({ pushed: 2, dropped: 0 })
    expect(said).toHaveLength(2)
  })

  it('a wrong token, and a wrong path, are answered so by the server itself', async () => {
    for (const [more, error] of [
      [{ token: 'glsa_of_another' }, /token is wrong/],
      [{ url: `${grafana.url}/grafana` }, /is the URL right/],
    ] as const) {
      const pushing = start(more)
      await fall()
      await waitFor('a refusal', () => pushing.facts().failing)
      expect(pushing.facts().failing?.error).toMatch(error)
      await pushing.stop()
    }
    expect(grafana.lines).toEqual([])
  })

  it('a Grafana that never answers holds up nothing, and is given up in time', async () => {
    grafana.mood = 'late'
    const pushing = start({ timeout: 50 })
    await fall()
    await waitFor('the request', () => grafana.requests() === 1)
    // Alerts are taken while the request hangs.
    await bench.take({ type: 'acknowledge', alert: bench.alert('fall').id, by: 'operator:siv', via: 'cli' })
    expect(bench.alert('fall').handling).toBe('acknowledged')
    await waitFor('the time to be over', () => pushing.facts().failing)
    expect(pushing.facts().failing?.error).toBe('it did not answer within 0.05 s')
  })

  it('while Grafana is away the newest changes are kept, and no more', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const pushing = start({ url, most: 3 })
    await fall()
    await waitFor('the refusal', () => pushing.facts().failing)
    expect(pushing.facts().failing?.error).toMatch(/ECONNREFUSED/)
    for (let times = 0; times < 4; times++) await fall()
    expect(pushing.facts()).toMatchObject({ pushed: 0, dropped: 2 })
  })

  it('what Grafana cannot read is given up, and stands before nothing else', async () => {
    grafana.mood = 400
    const pushing = start()
    await fall()
    await waitFor('the refusal', () => pushing.facts().dropped === 1)
    grafana.mood = 'up'
    await fall('b')
    await waitFor('the next', () => grafana.lines.length === 1)
    expect(whats()).toEqual(['again'])
    await waitFor('the end of the request', () => pushing.facts().failing === undefined)
  })

  it('what Grafana fails at again and again is given up, too: it says no other way that it cannot read it', async () => {
    grafana.mood = 500
    const pushing = start()
    await fall()
    for (let times = 1; times <= 3; times++) {
      await waitFor('a refusal', () => grafana.requests() === times && timers.length > 0)
      expect(pushing.facts().dropped).toBe(0)
      retry()
    }
    await waitFor('the end', () => pushing.facts().dropped === 1)
  })

  it('stops while a request hangs, and pushes nothing after that', async () => {
    grafana.mood = 'late'
    const pushing = start()
    await fall()
    await waitFor('the request', () => grafana.requests() === 1)
    const stopped = pushing.stop()
    retry()
    await stopped
    await fall('b')
    expect(grafana.requests()).toBe(1)
  })
})

describe('openLive', () => {
  const settings = (text: string) => {
    const parsed = parseConfig('hub.yaml', text)
    if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join())
    return parsed.value.grafana
  }

  it('is off where nobody asks for it', async () => {
    expect(await openLive(settings(''), parts())).toBeUndefined()
    expect(await openLive(settings('grafana: { url: http://grafana:3000 }'), parts())).toBeUndefined()
  })

  it('takes the token from its file, and the path of a Grafana that has one', async () => {
    const file = join(tempDir('grafana'), 'token')
    writeFileSync(file, `${TOKEN}\n`)
    const other = await startGrafanaLive(TOKEN, '/grafana')
    try {
      live = await openLive(
        settings(`grafana: { url: "${other.url}/", live: true, tokenFile: "${file}" }`),
        parts(),
      )
      live?.start()
      await fall()
      await waitFor('the change', () => other.lines.length === 1)
    } finally {
      await other.close()
    }
  })

  it.each([
    ['grafana: { url: "http://g:3000", live: true }', /expected "tokenFile"/],
    ['grafana: { url: "http://g:3000", live: true, token: a, tokenFile: b }', /not both/],
    ['grafana: { url: "ftp://g", live: true, token: a }', /URL/],
  ])('refuses %s', (text, message) => {
    expect(() => settings(text)).toThrow(message)
  })

  it('says which file it cannot read', async () => {
    const missing = join(tempDir('grafana'), 'none')
    const opened = openLive(
      settings(`grafana: { url: "http://g", live: true, tokenFile: "${missing}" }`),
      parts(),
    )
    await expect(opened).rejects.toThrow(/settings of "grafana".*tokenFile/)
  })
})
