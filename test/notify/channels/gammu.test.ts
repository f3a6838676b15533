import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Channel, DeliveryReport } from '../../../hub/notify/channel.ts'
import {
  decodeText,
  groupParts,
  outboxName,
  parseInboxName,
} from '../../../hub/notify/channels/gammu-files.ts'
import { createGammuChannel } from '../../../hub/notify/channels/gammu.ts'
import { startGammu } from '../../helpers/gammu.ts'
import type { Gammu } from '../../helpers/gammu.ts'
import { serverMissing } from '../../helpers/servers.ts'
import { waitFor } from '../../helpers/wait-for.ts'

const TO = '+4790000001'
const soon = (): AbortSignal => AbortSignal.timeout(30_000)
const message = (id: string) => ({ id, to: TO, text: `text of ${id}` })

describe.skipIf(serverMissing('gammu-smsd', 'gammu-smsd-monitor'))('createGammuChannel', () => {
  let gammu: Gammu
  let channel: Channel
  let reports: DeliveryReport[]
  let answers: string[]
  let warnings: string[]
  let full: boolean

  const open = (): Channel =>
    createGammuChannel({
      name: 'gammu',
      ...gammu,
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
      patience: 500,
    })

  beforeEach(async () => {
    gammu = await startGammu()
    ;[reports, answers, warnings, full] = [[], [], [], false]
    channel = open()
  })
  afterEach(async () => {
    await channel.stop?.()
    await gammu.stop()
  })

  /** Numbers and texts may not stay. */
  const leftovers = (): string[] =>
    [gammu.inbox, gammu.outbox, gammu.sent, gammu.error].flatMap((folder) => readdirSync(folder))

  test('sends a message once, however often it is handed over, and leaves nothing behind', async () => {
    await gammu.stop()
    for (let i = 0; i < 3; i++) expect(await channel.send(message('n1'), soon())).toMatchObject({ ok: true })
    await gammu.start()
    await waitFor('SMSD to have sent it', () => readdirSync(gammu.sent).length > 0)
    // Sent, and the hub does not know it yet: as after a crash.
    expect(await channel.send(message('n1'), soon())).toMatchObject({ ok: true })
    channel.start?.()
    await waitFor('the report', () => reports.length > 0)
    await waitFor('the folders to be empty', () => leftovers().length === 0)
    expect(gammu.transmitted()).toEqual([{ to: TO, text: 'text of n1' }])
    expect(reports).toEqual([{ notification: 'n1', to: 'accepted', isLast: true }])
  })

  test('tells after a restart what became of a message, once the hub can keep it', async () => {
    full = true
    channel.start?.()
    await channel.send(message('n1'), soon())
    await waitFor('SMSD to have sent it', () => readdirSync(gammu.sent).length > 0)
    await waitFor('the trouble to be said', () => warnings.length > 0)
    await channel.stop?.()
    expect(reports).toEqual([])
    full = false
    channel = open()
    channel.start?.()
    await waitFor('the report', () => reports.length > 0)
    expect(reports).toEqual([{ notification: 'n1', to: 'accepted', isLast: true }])
  })

  test('tells that the modem could not send it', async () => {
    await gammu.stop()
    await channel.send(message('n1'), soon())
    const [file = ''] = readdirSync(gammu.outbox).filter((name) => name.startsWith('OUT'))
    // What SMSD 1.42 does with a message that the modem refuses (SMSDFiles_MoveSMS).
    writeFileSync(join(gammu.error, file), readFileSync(join(gammu.outbox, file)))
    channel.start?.()
    await waitFor('the report', () => reports.length > 0)
    expect(reports).toEqual([{ notification: 'n1', to: 'failed', error: expect.stringContaining('modem') }])
    expect(JSON.stringify(reports)).not.toMatch(/4790000001|text of/)
  })

  test('leaves files of others alone', async () => {
    channel.start?.()
    const theirs = 'OUTC20261122_034500_00_+4790000009_theirs.txt'
    writeFileSync(join(gammu.outbox, theirs), 'from somebody else')
    await waitFor('SMSD to have sent it', () => readdirSync(gammu.sent).includes(theirs))
    await channel.send(message('n1'), soon())
    await waitFor('the report', () => reports.length > 0)
    await waitFor('only theirs to be left', () => leftovers().length === 1)
    expect(leftovers()).toEqual([theirs])
  })

  test('takes an answer when the hub can keep it, and once', async () => {
    full = true
    channel.start?.()
    gammu.answer(TO, '1 ', '4821')
    await waitFor('the SMS to come in', () => readdirSync(gammu.inbox).length === 2)
    await waitFor('the trouble to be said', () => warnings.length > 0)
    expect(answers).toEqual([])
    full = false
    await waitFor('the answer', () => answers.length > 0)
    await waitFor('the inbox to be empty', () => readdirSync(gammu.inbox).length === 0)
    gammu.answer(TO, '2 4821')
    await waitFor('the second answer', () => answers.length > 1)
    expect(answers).toEqual([`${TO} 1 4821`, `${TO} 2 4821`])
  })

  test('puts what comes from no phone number aside, for people to read', async () => {
    channel.start?.()
    gammu.answer('Telenor', 'Saldo: 10 kr')
    const aside = join(gammu.inbox, 'not-answers')
    // The file is moved first, and then it is said.
    await waitFor('it to be put aside', () => readdirSync(aside).length === 1 && warnings.length > 0)
    expect(warnings).toEqual([expect.stringContaining('not-answers')])
    expect(answers).toEqual([])
  })

  test('says that SMSD does nothing, and takes no more messages then', async () => {
    channel.start?.()
    await gammu.stop()
    await channel.send(message('n1'), soon())
    await waitFor('a bad health', async () => {
      const said = await channel.check?.(soon())
      return said?.ok === false && /sent nothing for \d+ s/.test(said.error)
    })
    expect(await channel.send(message('n2'), soon())).toMatchObject({ ok: false, retry: true })
    await gammu.start()
    await waitFor('a good health', async () => (await channel.check?.(soon()))?.ok)
    await waitFor('the report', () => reports.length === 1)
  })

  test('asks the monitor of SMSD, before any message waits', async () => {
    expect(await channel.check?.(soon())).toEqual({ ok: true })
    await gammu.stop()
    expect(await channel.check?.(soon())).toMatchObject({
      ok: false,
      error: expect.stringContaining('does not run'),
    })
  })

  test('says what is wrong with the folders', async () => {
    channel = createGammuChannel({
      name: 'gammu',
      ...gammu,
      outbox: join(gammu.outbox, 'nowhere'),
      now: Date.now,
      warn: () => {},
      sink: { deliver: async () => {}, answer: async () => {} },
    })
    const error = expect.stringContaining('ENOENT')
    expect(await channel.send(message('n1'), soon())).toEqual({ ok: false, retry: true, error })
    expect(await channel.check?.(soon())).toEqual({ ok: false, error })
  })
})

describe('names of files', () => {
  test('outboxName stays below the 100 characters that SMSD keeps, for the longest number', () => {
    const name = outboxName(`aal${'0'.repeat(32)}`, '+123456789012345', Date.UTC(2026, 10, 22, 3, 45, 9))
    expect(name).toBe(`OUTC20261122_034509_00_+123456789012345_aal${'0'.repeat(32)}.txt`)
    expect(name.length).toBeLessThan(100)
  })

  test('groupParts keeps two long messages of one sender apart, whatever the order of their parts', () => {
    const parts = [
      'IN20261122_034500_00_+4790000001_00.txt',
      'IN20261122_034459_00_+4790000001_01.txt',
      'IN20261122_034500_00_+4790000002_00.txt',
      'IN20261122_035000_00_+4790000001_00.txt',
      'IN20261122_035002_00_+4790000001_01.txt',
      'IN20261122_035001_00_+4790000001_02.txt',
    ].flatMap((name) => parseInboxName(name) ?? [])
    expect(
      groupParts(parts).map((group) => group.map(({ file }) => file.slice(11, 15) + file.slice(-6, -4))),
    ).toEqual([['034500', '034401'], ['034500'], ['035000', '035001', '035002']])
  })

  test.each(['IN20261122_034500_00_+4790000001_00.bin', 'not-answers', '.tmp', 'IN.txt'])(
    'parseInboxName passes over %s',
    (name) => expect(parseInboxName(name)).toBeUndefined(),
  )

  test('decodeText reads every coding that SMSD writes, and nothing behind the text', () => {
    const utf16be = Buffer.from('\uFEFFæ č\0\uD800garbage', 'utf16le').swap16()
    expect(decodeText(utf16be)).toBe('æ č')
    expect(decodeText(Buffer.from('\uFEFFæ č', 'utf16le'))).toBe('æ č')
    expect(decodeText(Buffer.from('æ č'))).toBe('æ č')
    expect(decodeText(Buffer.from('æøå', 'latin1'))).toBe('æøå')
    expect(decodeText(Buffer.from([0xfe, 0xff, 0x00]))).toBe('')
  })
})
