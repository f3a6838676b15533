import { join } from 'node:path'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Sight } from '../../hub/watch/ask-heartbeat.ts'
import { createWatchdog } from '../../hub/watch/watchdog.ts'
import type { Sent } from '../../hub/watch/watchdog.ts'
import { openStateFile } from '../../hub/watch/watchdog-state.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const SILENT: Sight = { ok: false, what: 'silent', reason: 'ECONNREFUSED' }
const EVERY = 30_000
const REPEAT = 900_000

/** A watchdog in a world of its own: each turn is one look. */
function world(file = join(tempDir('watchdog'), 'state.json')) {
  let now = 1_000_000
  let sight: Sight = { ok: true }
  let answer: Sent = { ok: true }
  let people = ['geir', 'siv']
  let wake: (() => void) | undefined
  const texts: string[] = []
  const ids = new Set<string>()
  const make = (hub = 'http://hub') =>
    createWatchdog({
      hub,
      ask: async () => sight,
      async tell(person, news, id) {
        texts.push(`${person} ${news.to}`)
        ids.add(id)
        return answer
      },
      onDuty: () => people,
      state: openStateFile(file),
      patience: { late: 3, back: 2 },
      every: EVERY,
      repeat: REPEAT,
      now: () => now,
      later(call) {
        wake = call
        return () => (wake = undefined)
      },
      log: { info() {}, warn() {}, error() {} },
    })
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return {
    file,
    make,
    ids,
    set: (change: { sight?: Sight; answer?: Sent; people?: string[] }) => {
      sight = change.sight ?? sight
      answer = change.answer ?? answer
      people = change.people ?? people
    },
    /** Looks so often, and gives the texts since the last time. */
    async turns(count: number) {
      for (let i = 0; i < count; i++) {
        await settle()
        now += EVERY
        wake?.()
      }
      await settle()
      return texts.splice(0)
    },
  }
}

describe('createWatchdog', () => {
  it('tells everybody on duty once, again after a while, and when it is over', async () => {
    const { make, set, turns } = world()
    make().start()
    expect(await turns(5)).toEqual([])
    set({ sight: SILENT })
    expect(await turns(2)).toEqual([])
    expect(await turns(1)).toEqual(['geir trouble', 'siv trouble'])
    expect(await turns(REPEAT / EVERY - 1)).toEqual([])
    expect(await turns(1)).toEqual(['geir trouble', 'siv trouble'])
    set({ sight: { ok: true } })
    expect(await turns(1)).toEqual([])
    expect(await turns(5)).toEqual(['geir back', 'siv back'])
  })

  it('tries again at each look what could not be sent, under the same id', async () => {
    const { make, set, turns, ids } = world()
    make().start()
    set({ sight: SILENT, answer: { ok: false, retry: true, error: 'down' }, people: ['geir'] })
    expect(await turns(5)).toEqual(['geir trouble', 'geir trouble', 'geir trouble'])
    expect(ids.size).toBe(1)
    set({ answer: { ok: true } })
    expect(await turns(1)).toEqual(['geir trouble'])
    expect(await turns(3)).toEqual([])
  })

  it('does not tell again after a restart of its own, and still tells of the end', async () => {
    const { make, set, turns } = world()
    const first = make()
    first.start()
    set({ sight: SILENT })
    expect(await turns(4)).toHaveLength(2)
    await first.stop()
    make().start()
    expect(await turns(6)).toEqual([])
    set({ sight: { ok: true } })
    expect(await turns(3)).toEqual(['geir back', 'siv back'])
  })

  it('tells those who come on duty, and of the end only who was told', async () => {
    const { make, set, turns } = world()
    make().start()
    set({ sight: SILENT, people: ['geir'] })
    expect(await turns(4)).toEqual(['geir trouble'])
    set({ people: ['siv'] })
    expect(await turns(1)).toEqual(['siv trouble'])
    set({ people: ['siv', 'per'], sight: { ok: true } })
    expect(await turns(4)).toEqual(['geir back', 'siv back'])
  })

  it('says a second trouble anew, however soon it comes', async () => {
    const { make, set, turns } = world()
    make().start()
    set({ sight: SILENT, people: ['geir'] })
    await turns(4)
    set({ sight: { ok: true } })
    expect(await turns(2)).toEqual(['geir back'])
    set({ sight: SILENT })
    expect(await turns(3)).toEqual(['geir trouble'])
  })

  it('forgets what was about another hub, and refuses a state that is none', async () => {
    const { make, set, turns, file } = world()
    const first = make()
    first.start()
    set({ sight: SILENT })
    await turns(4)
    await first.stop()
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      hub: 'http://hub',
      trouble: { what: 'silent' },
    })
    const other = make('http://other')
    other.start()
    expect(await turns(3)).toEqual(['geir trouble', 'siv trouble'])
    await other.stop()
    writeFileSync(file, '{"hub":')
    expect(() => make().start()).toThrow(`Cannot use the watchdog's state ${file}`)
  })
})
