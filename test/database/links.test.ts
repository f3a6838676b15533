import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadLinkKey } from '../../hub/database/link-key.ts'
import { createLinkStore } from '../../hub/database/links.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import type { LinkPurpose } from '../../hub/model/link.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2026, 10, 21, 2, 13)
const answer = { use: 'answer', alert: 'a1', recipient: 'contact:daughter' } as const
const key = Buffer.alloc(32, 7)

let database: OpenDatabase
let db: DatabaseSync
beforeEach(() => {
  database = openDatabase(tempDir('links'))
  db = database.db
})
afterEach(() => database.close())

describe('createLinkStore', () => {
  it('gives one purpose one token of 128 bits, that opens it until it expires', () => {
    const links = createLinkStore(db, key)
    const token = links.tokenFor(answer, NOW + HOUR)
    expect(token).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(links.tokenFor({ ...answer }, NOW + HOUR)).toBe(token)
    expect(links.open(token, NOW + HOUR - 1)).toEqual(answer)
    expect(links.open(token, NOW + HOUR)).toBe('expired')
  })

  it('gives every other use, alert, home and recipient another token', () => {
    const links = createLinkStore(db, key)
    const purposes: LinkPurpose[] = [
      answer,
      { ...answer, use: 'details' },
      { ...answer, alert: 'a2' },
      { ...answer, recipient: 'contact:son' },
      { use: 'status', home: 'a1', recipient: 'contact:daughter' },
    ]
    const tokens = purposes.map((one) => links.tokenFor(one, NOW + HOUR))
    expect(new Set(tokens).size).toBe(purposes.length)
    expect(tokens.map((token) => links.open(token, NOW))).toEqual(purposes)
  })

  it('is carried on by the next start with the same key, and cannot be made with another', () => {
    const token = createLinkStore(db, key).tokenFor(answer, NOW + HOUR)
    expect(createLinkStore(db, key).tokenFor(answer, NOW + HOUR)).toBe(token)
    expect(createLinkStore(db, Buffer.alloc(32, 8)).tokenFor(answer, NOW + HOUR)).not.toBe(token)
  })

  it('keeps no token, only its hash', () => {
    const token = createLinkStore(db, key).tokenFor(answer, NOW + HOUR)
    const rows = db.prepare('SELECT * FROM link').all()
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(token)
  })

  it('opens nothing for a token that it did not make', () => {
    const links = createLinkStore(db, key)
    links.tokenFor(answer, NOW + HOUR)
    for (const other of ['', 'x', 'A'.repeat(22), `' OR 1=1 --`])
      expect(links.open(other, NOW)).toBeUndefined()
  })

  it('works as long as was said last, and no shorter than was said before', () => {
    const links = createLinkStore(db, key)
    const token = links.tokenFor(answer, NOW + HOUR)
    links.tokenFor(answer, NOW + 3 * HOUR)
    links.tokenFor(answer, NOW + 2 * HOUR)
    expect(links.open(token, NOW + 3 * HOUR - 1)).toEqual(answer)
    expect(links.open(token, NOW + 3 * HOUR)).toBe('expired')
  })

  it('opens nothing after it was taken back; what is given from then on is another', () => {
    const links = createLinkStore(db, key)
    const token = links.tokenFor(answer, NOW + HOUR)
    const other = links.tokenFor({ ...answer, recipient: 'contact:son' }, NOW + HOUR)
    links.revoke(answer, NOW)
    expect(links.open(token, NOW)).toBe('expired')
    expect(links.open(other, NOW)).toMatchObject({ recipient: 'contact:son' })
    const next = links.tokenFor(answer, NOW + HOUR)
    expect(next).not.toBe(token)
    expect([links.open(next, NOW), links.open(token, NOW)]).toEqual([answer, 'expired'])
  })

  it('forgets what is long over, but never what was taken back', () => {
    const links = createLinkStore(db, key)
    const old = links.tokenFor(answer, NOW)
    const back = links.tokenFor({ ...answer, alert: 'a2' }, NOW)
    links.revoke({ ...answer, alert: 'a2' }, NOW)
    expect(links.open(old, NOW + 29 * 24 * HOUR)).toBe('expired')
    expect(links.open(old, NOW + 31 * 24 * HOUR)).toBeUndefined()
    expect(links.open(back, NOW + 31 * 24 * HOUR)).toBe('expired')
    expect(links.tokenFor({ ...answer, alert: 'a2' }, NOW + 99 * 24 * HOUR)).not.toBe(back)
  })
})

describe('loadLinkKey', () => {
  it('makes 256 random bits once, for the owner alone', () => {
    const folder = tempDir('link-key')
    const made = loadLinkKey(folder)
    expect(made).toHaveLength(32)
    expect(loadLinkKey(folder)).toEqual(made)
    expect((statSync(join(folder, 'link.key')).mode & 0o777).toString(8)).toBe('600')
    expect(loadLinkKey(tempDir('link-key'))).not.toEqual(made)
    expect(readFileSync(join(folder, 'link.key'), 'utf8').trim()).toBe(made.toString('base64url'))
  })

  it('says what to do about a key that is none', () => {
    const folder = tempDir('link-key')
    writeFileSync(join(folder, 'link.key'), 'short\n')
    expect(() => loadLinkKey(folder)).toThrow(/Cannot use .*link\.key: it holds 3 bytes, expected 32/)
  })
})
