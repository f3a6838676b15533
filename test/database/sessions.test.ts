import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import { createPersonStore } from '../../hub/database/people.ts'
import { createSessionStore } from '../../hub/database/sessions.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const NOW = Date.UTC(2026, 10, 21, 22)
const DAY = 24 * 3_600_000

let database: OpenDatabase
beforeEach(() => {
  database = openDatabase(tempDir('sessions'))
  for (const id of ['siv', 'ola']) {
    createPersonStore(database.db).put({
      id,
      roles: ['operator'],
      areas: 'all',
      state: 'active',
      createdAt: 0,
    })
  }
})
afterEach(() => database.close())

describe('createSessionStore', () => {
  it('takes a link once, until its time is over', () => {
    let now = NOW
    const sessions = createSessionStore(database.db, () => now)
    const link = sessions.createLink('siv', DAY)
    expect(sessions.takeLink(link)).toBe('siv')
    expect(sessions.takeLink(link)).toBeUndefined()
    const old = sessions.createLink('siv', DAY)
    now += DAY
    expect(sessions.takeLink(old)).toBeUndefined()
  })

  it('keeps a session until its time is over, and one is not the other', () => {
    let now = NOW
    const sessions = createSessionStore(database.db, () => now)
    const session = sessions.createSession('siv', 'password', DAY)
    const row = { person: 'siv', how: 'password', activeAt: NOW, expiresAt: NOW + DAY }
    expect(sessions.session(session)).toEqual(row)
    sessions.setActive(session, NOW + 5)
    expect(sessions.session(session)).toEqual({ ...row, activeAt: NOW + 5 })
    expect(sessions.takeLink(session)).toBeUndefined()
    expect(sessions.session(sessions.createLink('siv', DAY))).toBeUndefined()
    now += DAY
    expect(sessions.session(session)).toBeUndefined()
  })

  it('keeps no token that could be read and used', () => {
    const sessions = createSessionStore(database.db, () => NOW)
    const tokens = [sessions.createLink('siv', DAY), sessions.createSession('siv', 'link', DAY)]
    const rows = ['sign_in_link', 'session'].map((table) =>
      database.db.prepare(`SELECT * FROM ${table}`).all(),
    )
    expect(rows.map(({ length }) => length)).toEqual([1, 1])
    for (const token of tokens) expect(JSON.stringify(rows)).not.toContain(token)
  })

  it('ends every session and link of a person but one, and nobody else’s', () => {
    const sessions = createSessionStore(database.db, () => NOW)
    const [kept, other] = [1, 2].map(() => sessions.createSession('siv', 'link', DAY))
    const link = sessions.createLink('siv', DAY)
    const ola = sessions.createSession('ola', 'link', DAY)
    sessions.dropAllOf('siv', kept)
    expect(sessions.session(kept ?? '')).toBeDefined()
    expect(sessions.session(ola)).toBeDefined()
    expect(sessions.session(other ?? '')).toBeUndefined()
    expect(sessions.takeLink(link)).toBeUndefined()
  })
})
