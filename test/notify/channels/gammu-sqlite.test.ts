import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Channel, DeliveryReport } from '../../../hub/notify/channel.ts'
import { groupInbox } from '../../../hub/notify/channels/gammu-database.ts'
import { createGammuSqliteChannel } from '../../../hub/notify/channels/gammu-sqlite.ts'
import type { GammuSqliteOptions } from '../../../hub/notify/channels/gammu-sqlite.ts'
import { startGammu } from '../../helpers/gammu.ts'
import type { Gammu } from '../../helpers/gammu.ts'
import { serverMissing } from '../../helpers/servers.ts'
import { waitFor } from '../../helpers/wait-for.ts'

const TO = '+4790000001'
const soon = (): AbortSignal => AbortSignal.timeout(30_000)
const message = (id: string, text = `text of ${id}`) => ({ id, to: TO, text })

describe.skipIf(serverMissing('gammu-smsd', 'libdbd-sqlite3'))('createGammuSqliteChannel', () => {
  let gammu: Gammu
  let channel: Channel
  let reports: DeliveryReport[]
  let answers: string[]
  let warnings: string[]
  let full: boolean
  const channels: Channel[] = []

  const open = (options: Partial<GammuSqliteOptions> = {}): Channel => {
    const made = createGammuSqliteChannel({
      name: 'modem',
      database: gammu.database,
      reports: true,
      sink: {
        async deliver(report) {
          if (full) throw new Error('disk full')
          reports.push(report)
        },
        async answer(from, text) {
          if (full) throw new Error('disk full')
          answers.push(`${from} ${text}`)
        },
      },
      now: Date.now,
      warn: (_fields, what) => warnings.push(what),
      lookEvery: 25,
      patience: 1_000,
      ...options,
    })
    channels.push(made)
    return made
  }

  beforeEach(async () => {
    gammu = await startGammu('sqlite')
    ;[reports, answers, warnings, full] = [[], [], [], false]
    channel = open()
  })
  afterEach(async () => {
    for (const one of channels.splice(0)) await one.stop?.()
    await gammu.stop()
  })

  function query(sql: string): Record<string, unknown>[] {
    const db = new DatabaseSync(gammu.database, { timeout: 2000 })
    try {
      return db
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }))
    } finally {
      db.close()
    }
  }
  const sent = () => query('SELECT * FROM sentitems')

  it('sends a message once, however often it is handed over, also by another process', async () => {
    await gammu.stop()
    for (let i = 0; i < 3; i++) expect(await channel.send(message('n1'), soon())).toMatchObject({ ok: true })
    expect(await open().send(message('n1'), soon())).toMatchObject({ ok: true })
    expect(query('SELECT count(*) AS count FROM outbox')).toEqual([{ count: 1 }])
    await gammu.start()
    await waitFor('SMSD to have sent it', () => sent().length > 0)
    expect(await channel.send(message('n1'), soon())).toMatchObject({ ok: true })
    expect(gammu.transmitted()).toEqual([{ to: TO, text: 'text of n1' }])
  })

  it('tells of a delivery when the network does, and leaves no number and no text behind', async () => {
    channel.start?.()
    await channel.send(message('n1', 'lang '.repeat(60)), soon())
    await waitFor('SMSD to have sent it', () => sent().length === 2)
    expect(reports).toEqual([])
    // The dummy modem gives both parts the same reference: one report is for both.
    await gammu.reportOf('aal n1', TO, 'Delivered')
    await waitFor('the report', () => reports.length > 0)
    expect(reports).toEqual([{ notification: 'n1', to: 'delivered' }])
    await waitFor('the rows to be gone', () => sent().length === 0)
  })

  it('tells that the network could not deliver it', async () => {
    channel.start?.()
    await channel.send(message('n1'), soon())
    await gammu.reportOf('aal n1', TO, 'Failed')
    await waitFor('the report', () => reports.length > 0)
    expect(reports).toEqual([
      { notification: 'n1', to: 'failed', error: 'The mobile network could not deliver it' },
    ])
  })

  it('hears no more than that the network took it, where no reports are asked for', async () => {
    channel = open({ reports: false })
    channel.start?.()
    await channel.send(message('n1'), soon())
    await waitFor('the report', () => reports.length > 0)
    expect(reports).toEqual([{ notification: 'n1', to: 'accepted', isLast: true }])
  })

  it('tells after a restart what became of a message, once the hub can keep it', async () => {
    channel = open({ reports: false })
    full = true
    channel.start?.()
    await channel.send(message('n1'), soon())
    await waitFor('the trouble to be said', () => warnings.length > 0)
    await channel.stop?.()
    expect(reports).toEqual([])
    full = false
    open({ reports: false }).start?.()
    await waitFor('the report', () => reports.length > 0)
    await waitFor('the rows to be gone', () => sent().length === 0)
    expect(reports).toEqual([{ notification: 'n1', to: 'accepted', isLast: true }])
  })

  it('tells that the modem could not send it, and leaves rows of others alone', async () => {
    await gammu.stop()
    await channel.send(message('n1'), soon())
    const db = new DatabaseSync(gammu.database)
    db.exec(`
      INSERT INTO sentitems (ID, CreatorID, SenderID, Text, TextDecoded, UDH, DestinationNumber, Status)
        SELECT ID, CreatorID, '', '', TextDecoded, '', DestinationNumber, 'SendingError' FROM outbox;
      DELETE FROM outbox;
      INSERT INTO sentitems (ID, CreatorID, SenderID, Text, UDH, Status) VALUES (99, 'theirs', '', '', '', 'SendingError');`)
    db.close()
    channel.start?.()
    await waitFor('the report', () => reports.length > 0)
    expect(reports).toEqual([{ notification: 'n1', to: 'failed', error: expect.stringContaining('modem') }])
    expect(JSON.stringify(reports)).not.toMatch(/4790000001|text of/)
    await waitFor('only theirs to be left', () => sent().length === 1)
    expect(sent()).toMatchObject([{ CreatorID: 'theirs' }])
  })

  it('takes an answer of several parts when the hub can keep it, and once', async () => {
    full = true
    channel.start?.()
    gammu.answer(TO, 'Ja, jeg kommer på flekken! ', '1 4821')
    await waitFor('the trouble to be said', () => warnings.length > 0)
    expect(answers).toEqual([])
    full = false
    await waitFor('the answer', () => answers.length > 0)
    await waitFor('the inbox to be empty', () => query('SELECT 1 FROM inbox').length === 0)
    expect(answers).toEqual([`${TO} Ja, jeg kommer på flekken! 1 4821`])
  })

  it('leaves what comes from no phone number for people to read', async () => {
    channel.start?.()
    gammu.answer('Telenor', 'Saldo: 10 kr')
    await waitFor('it to be said', () => warnings.length > 0)
    expect(answers).toEqual([])
    expect(query('SELECT Processed, TextDecoded FROM inbox')).toEqual([
      { Processed: 'true', TextDecoded: 'Saldo: 10 kr' },
    ])
  })

  it(
    'loses no SMS, and sends none twice, while other processes write into the database',
    { timeout: 90_000 },
    async () => {
      channel.start?.()
      const other = open({ lookEvery: 5 })
      other.start?.()
      const ids = Array.from({ length: 40 }, (_, i) => `n${i}`)
      const results = await Promise.all(
        ids.map((id, i) => (i % 2 === 0 ? channel : other).send(message(id), AbortSignal.timeout(60_000))),
      )
      expect(results.filter(({ ok }) => !ok)).toEqual([])
      await waitFor('all to be sent', () => gammu.transmitted().length >= ids.length, { timeout: 80_000 })
      expect(
        gammu
          .transmitted()
          .map(({ text }) => text)
          .toSorted(),
      ).toEqual(ids.map((id) => `text of ${id}`).toSorted())
    },
  )

  it('says retry while another process keeps the database locked, and does not hold up the hub', async () => {
    const db = new DatabaseSync(gammu.database, { timeout: 5000 })
    db.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE')
    let turns = 0
    const counting = setInterval(() => (turns += 1), 5)
    const result = await channel.send(message('n1'), soon())
    clearInterval(counting)
    db.exec('ROLLBACK')
    db.close()
    expect(result).toEqual({ ok: false, retry: true, error: expect.stringContaining('locked') })
    expect(turns).toBeGreaterThan(30)
    expect(await channel.send(message('n1'), soon())).toMatchObject({ ok: true })
  })

  it('says that SMSD does nothing, does not run, or never ran', async () => {
    expect(await channel.check?.(soon())).toEqual({ ok: true })
    await gammu.stop()
    const dead = open({ silence: 0 })
    await waitFor('a bad health', async () => (await dead.check?.(soon()))?.ok === false)
    channel.start?.()
    await channel.send(message('n1'), soon())
    await waitFor('a bad health', async () => {
      const said = await channel.check?.(soon())
      return said?.ok === false && /sent nothing for \d+ s/.test(said.error)
    })
    expect(await channel.send(message('n2'), soon())).toMatchObject({ ok: false, retry: true })
  })

  it('says what is wrong with the database, and makes none', async () => {
    await gammu.stop()
    rmSync(gammu.database)
    const error = 'The database of Gammu SMSD cannot be used: ENOENT'
    expect(await channel.check?.(soon())).toEqual({ ok: false, error })
    new DatabaseSync(gammu.database).close()
    expect(await channel.send(message('n1'), soon())).toMatchObject({
      ok: false,
      retry: true,
      error: expect.stringContaining('no such table'),
    })
  })

  it('refuses an id that the database would cut', async () => {
    expect(await channel.send(message('ø'.repeat(91)), soon())).toMatchObject({ ok: false, retry: false })
  })
})

describe('groupInbox', () => {
  it('puts the parts of an SMS together by their header, whatever their order', () => {
    const row = (id: number, sender: string, udh = '') => ({ row: id, sender, udh, text: '' })
    const groups = groupInbox([
      row(1, '+471', '050003070202'),
      row(2, '+472', '050003070201'),
      row(3, '+471', '050003070201'),
      row(4, '+471', '06080401020301'),
      row(5, '+471', '06050415811581'),
      row(6, '+471'),
    ])
    expect(groups.map(({ parts, isWhole }) => [parts.map((one) => one.row), isWhole])).toEqual([
      [[3, 1], true],
      [[2], false],
      [[4], false],
      [[5], true],
      [[6], true],
    ])
  })
})
