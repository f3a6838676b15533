import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPassword } from '../../hub/broker/credentials.ts'
import { loadConfig } from '../../hub/config.ts'
import { createHttpApp } from '../../hub/http/app.ts'
import { startHub } from '../../hub/hub.ts'
import type { RunningHub } from '../../hub/hub.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const folders = ['a', 'b'].map(() => join(tempDir('first-start'), 'data'))
let hubs: RunningHub[]
beforeAll(async () => {
  const log = pino({ level: 'silent' })
  const config = await loadConfig(undefined)
  hubs = await Promise.all(
    folders.map((data) => startHub({ config: { ...config, data }, log, offline: true, onFailure: () => {} })),
  )
})
afterAll(() => Promise.all(hubs.map((hub) => hub.stop())))

describe('a hub that starts for the first time', () => {
  it('makes a key of its own, which no other hub has', () => {
    const [one, other] = folders.map((folder) => readFileSync(join(folder, 'link.key'), 'utf8'))
    expect(one).toBeTruthy()
    expect(one).not.toBe(other)
  })

  it('has no person who could sign in by a password, and no program with a token', async () => {
    const { office } = hubs[0] as RunningHub
    expect(office.people.list().filter(({ hasPassword }) => hasPassword)).toEqual([])
    expect(office.people.accessTokens()).toEqual([])
    const app = await createHttpApp({ office, version: '0', phone: true, trusted: false })
    for (const [person, password] of [
      ['admin', 'admin'],
      ['admin', 'password'],
      ['aal', 'aal'],
    ]) {
      const answer = await app.inject({
        method: 'POST',
        url: '/api/session',
        headers: { 'x-aal': '1' },
        payload: { person, password },
      })
      expect(answer.statusCode).toBe(401)
    }
    await app.close()
  })
})

describe('the password of a gateway', () => {
  it('has 160 random bits, and is another each time', () => {
    const made = Array.from({ length: 100 }, createPassword)
    // 32 signs of 32 sorts.
    for (const one of made) expect(one).toMatch(/^[abcdefghijkmnpqrstuvwxyz23456789]{32}$/)
    expect(new Set(made).size).toBe(100)
    expect(new Set(made.join('')).size).toBe(32)
  })
})
