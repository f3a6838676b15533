import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startServer } from './server-process.ts'
import type { ServerProcess } from './server-process.ts'
import { requireServer } from './servers.ts'
import { tempDir } from './temp-dir.ts'
import { waitFor } from './wait-for.ts'

/** An SMS that SMSD handed to the modem. */
export interface ModemSms {
  readonly to: string
  readonly text: string
}

export interface Gammu {
  readonly inbox: string
  readonly outbox: string
  readonly sent: string
  readonly error: string
  readonly smsdrc: string
  /** Where the service is `sqlite`. */
  readonly database: string
  /** What the modem has sent, parts put together, by what SMSD wrote into its log. */
  transmitted(): ModemSms[]
  /** An SMS of one or several parts comes in. */
  answer(from: string, ...parts: readonly string[]): void
  /** The network tells what became of the SMS that this creator put into the database, once it was sent. */
  reportOf(creator: string, to: string, what: 'Delivered' | 'Failed'): Promise<void>
  start(): Promise<void>
  /** SMSD goes away, as when its machine or modem does. */
  stop(): Promise<void>
}

/**
 * A real gammu-smsd with Gammu's dummy modem, whose memory is a folder.
 * @param service its own files, or an SQLite database made by Gammu's own schema
 */
export async function startGammu(service: 'files' | 'sqlite' = 'files'): Promise<Gammu> {
  const dir = tempDir('gammu')
  const folder = (name: string): string => {
    const path = join(dir, name)
    mkdirSync(path, { recursive: true })
    return path
  }
  const [inbox, outbox, sent, error] = [folder('inbox'), folder('outbox'), folder('sent'), folder('error')]
  const phone = folder('phone')
  for (let box = 1; box <= 5; box++) folder(`phone/sms/${box}`)
  const smsdrc = join(dir, 'smsdrc')
  const log = join(dir, 'log')
  writeFileSync(log, '')
  writeFileSync(
    smsdrc,
    `[gammu]
model = dummy
connection = none
port = ${phone}
gammuloc = /dev/null

[smsd]
${
  service === 'files'
    ? 'service = files'
    : `service = sql
driver = sqlite3
sql = sqlite
dbdir = ${dir}/
database = smsd.db`
}
logfile = ${log}
debuglevel = 255
inboxpath = ${inbox}/
outboxpath = ${outbox}/
sentsmspath = ${sent}/
errorsmspath = ${error}/
inboxformat = unicode
transmitformat = auto
checksecurity = 0
commtimeout = 1
receivefrequency = 1
loopsleep = 0
maxretries = 1
`,
  )
  const database = join(dir, 'smsd.db')
  if (service === 'sqlite') makeDatabase(database)
  let smsd: ServerProcess | undefined
  const box = join(phone, 'sms', '1')
  let answers = 0
  const readLog = (): string => readFileSync(log, 'utf8')

  const start = async (): Promise<void> => {
    const before = readLog().length
    smsd ??= await startServer({
      name: 'gammu-smsd',
      command: requireServer('gammu-smsd'),
      args: ['-c', smsdrc],
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
      ready: () => readLog().slice(before).includes('Leaving GSM_GetNetworkInfo'),
    })
  }
  /** SMSD may look at any moment: it must find a whole file. */
  const put = (place: number, text: string): void => {
    const draft = join(dir, 'draft')
    writeFileSync(draft, text)
    renameSync(draft, join(box, String(place)))
  }
  await start()
  return {
    inbox,
    outbox,
    sent,
    error,
    smsdrc,
    database,
    transmitted: () => readTransmitted(readLog()),
    async reportOf(creator, to, what) {
      await waitFor('the SMS to be sent', () => onlyWaitFor(database, creator))
      put(nextIn(box), reportText(to, what))
    },
    answer(from, ...parts) {
      const first = nextIn(box)
      const reference = (answers++ % 256).toString(16).padStart(2, '0')
      parts.forEach((text, i) => {
        const udh = parts.length === 1 ? '' : `UDH = 050003${reference}0${parts.length}0${i + 1}\n`
        put(first + i, backupText(from, text, first + i) + udh)
      })
    },
    start,
    async stop() {
      await smsd?.stop()
      smsd = undefined
    },
  }
}

/** The next free place of the modem's memory. */
function nextIn(box: string): number {
  return Math.max(0, ...readdirSync(box).map(Number)) + 1
}

/** The dummy modem gives every SMS the same reference: so that a report is for this one, none is awaited of others. */
function onlyWaitFor(path: string, creator: string): boolean {
  const db = new DatabaseSync(path, { timeout: 1000 })
  try {
    const isSent = db.prepare('SELECT 1 FROM sentitems WHERE CreatorID = ?').all(creator).length > 0
    if (isSent) {
      db.prepare("UPDATE sentitems SET DeliveryDateTime = datetime('now') WHERE CreatorID <> ?").run(creator)
    }
    return isSent
  } finally {
    db.close()
  }
}

/** The schema comes with gammu-smsd. */
function makeDatabase(path: string): void {
  const schema = readFileSync('/usr/share/doc/gammu-smsd/examples/sqlite.sql', 'utf8')
  const db = new DatabaseSync(path)
  db.exec(schema)
  db.close()
}

/** A report as the dummy modem has it: by the centre and the reference that it gives each SMS it sends. */
function reportText(to: string, what: 'Delivered' | 'Failed'): string {
  const now = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000)
  const at = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  return `[SMSBackup000]
PDU = Status_Report
Number = "${to}"
SMSC = "123456"
State = UnRead
DateTime = ${at}
SMSCDateTime = ${at}
Text00 = ${Buffer.from(what, 'utf16le').swap16().toString('hex').toUpperCase()}
Length = ${what.length}
Coding = Default_No_Compression
Class = -1
Folder = 1
ReplySMSC = False
RejectDuplicates = False
ReplaceMessage = 0
MessageReference = 255
`
}

/** One message of Gammu's SMS backup format, in which the dummy modem keeps its memory. */
function backupText(from: string, text: string, second: number): string {
  const hex = Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()
  const lines = hex.match(/.{1,200}/g) ?? ['']
  return `[SMSBackup000]
PDU = Deliver
Number = "${from}"
SMSC = "+4792001000"
State = UnRead
DateTime = 20261122T0345${String(second % 60).padStart(2, '0')}
${lines.map((line, i) => `Text${String(i).padStart(2, '0')} = ${line}`).join('\n')}
Length = ${text.length}
Coding = ${[...text].some((letter) => letter > '\u00FF') ? 'Unicode_No_Compression' : 'Default_No_Compression'}
Class = -1
Folder = 1
ReplySMSC = False
RejectDuplicates = False
ReplaceMessage = 0
MessageReference = 0
`
}

/** A line of the log that shows bytes: `01 |0D |01 |4BK  ....K`. */
const DUMP = /^(?:[0-9A-F]{2}.\|)*[0-9A-F]{2}.(?:\s|$)/

/** Of a log with debug level 255: for each part `Recipient number "…"`, its length, and its text in lines. */
function readTransmitted(log: string): ModemSms[] {
  const lines = log.split('\n').map((line) => line.replace(/^.*?gammu-smsd\[\d+\]: /, ''))
  const all: ModemSms[] = []
  let to = ''
  let text = ''
  let part: string[] | undefined
  for (const line of lines) {
    const [, recipient] = /^gammu: Recipient number "(.*)"$/.exec(line) ?? []
    if (recipient !== undefined) to = recipient
    else if (/^gammu: (?:7 bit|Unicode|8 bit) SMS, length/.test(line)) part = []
    else if (part && line.startsWith('SMS sent on device')) {
      text += part.slice(part.findLastIndex((one) => DUMP.test(one)) + 1).join('\n')
      part = undefined
    } else if (part) part.push(line.replace(/^gammu: /, ''))
    else if (/^Transmitted .*\(total: \d+\)/.test(line)) {
      all.push({ to, text })
      text = ''
    }
  }
  return all
}
