import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isBackupName } from '../backup/name.ts'
import { readLastBackup } from '../backup/last-backup.ts'
import { BACKUPS } from '../database/backups-folder.ts'
import { ASIDE } from '../database/open-database.ts'
import type { Audit } from '../http/people.ts'
import { ERASE_STEPS } from '../model/erasure.ts'
import type { Erasure, EraseTarget, Remains } from '../model/erasure.ts'

const MOST_ROWS = 10_000
const LOOKED_AT = 2000
const MOST_NAMED = 20

export interface RemainsParts {
  /** The data folder. */
  readonly folder: string
  readonly audit: Pick<Audit, 'list'>
  readonly hasHistory: boolean
  /** How long the audit log is kept, in words. */
  readonly auditKept: string
}

/** Where somebody still stands after they were erased, for the register of who has to answer for it. */
export async function whatRemains(
  { folder, audit, hasHistory, auditKept }: RemainsParts,
  target: EraseTarget,
  erasure: Erasure | undefined,
): Promise<readonly Remains[]> {
  const { home, resident } = target
  const rows = audit.list({ whose: `home:${home}`, limit: MOST_ROWS }).length
  const exported = audit
    .list({ limit: LOOKED_AT })
    .filter(({ what }) => what === 'homes.export' || what === 'resident.export')
    .map(({ at }) => day(at))
  return [
    ...(resident === undefined
      ? []
      : [
          {
            where: 'home',
            what: `The home goes on, with what is about all of it: readings of sensors that were nobody's own, notes, certificates of visits, reasons of modes and holds, tags and label. Read the notes; take their devices away, or what they send is kept as messages that nobody can read.`,
          },
        ]),
    {
      where: 'audit log',
      what: `${rows === MOST_ROWS ? `${MOST_ROWS} or more` : rows} rows with the pseudonym ${home}: who saw or changed what, and the reasons that they gave. ${auditKept}.`,
    },
    {
      where: 'journal',
      what:
        resident === undefined
          ? `One entry: that ${home} was erased, and when. Its id is given to no other home.`
          : `That something of ${home} was changed, without what.`,
    },
    ...(erasure === undefined || ERASE_STEPS.indexOf(erasure.step) > ERASE_STEPS.indexOf('tidy')
      ? []
      : [
          {
            where: 'database',
            what:
              erasure.step === 'tidy'
                ? 'Remnants in free pages and in the log of writes (hub.db-wal), until nobody reads an older state; the hub tries again each minute, also after a start.'
                : 'What the hub has not deleted yet: it goes on by itself.',
          },
        ]),
    ...(await backups(folder)),
    ...(hasHistory
      ? [
          {
            where: 'InfluxDB',
            what:
              erasure?.confirmedAt === undefined
                ? 'All points with this tag, until InfluxDB has confirmed that they are gone; the hub asks again each minute, also after a start. Its own backups, and pictures of Grafana, are yours to delete.'
                : `Nothing: it confirmed that on ${day(erasure.confirmedAt)}. Its own backups, and pictures of Grafana, are yours to delete.`,
          },
        ]
      : []),
    {
      where: 'messages',
      what: 'SMS and e-mails that were sent, with the alias of the resident: at the provider by its agreement, and on the phones of those who got them. The phone page has its newest texts until the hub starts again.',
    },
    {
      where: 'logs',
      what: 'Lines with the pseudonym in the log of the hub, for as long as the machine keeps it.',
    },
    ...(exported.length === 0
      ? []
      : [
          {
            where: 'files',
            what: `What was exported on ${named([...new Set(exported)])}: wherever somebody put it.`,
          },
        ]),
  ]
}

async function backups(folder: string): Promise<readonly Remains[]> {
  const last = await readLastBackup(folder)
  const place = last && dirname(last.file)
  const made = place === undefined ? [] : await namesIn(place, isBackupName)
  const copies = await namesIn(join(folder, BACKUPS), (name) => /^before-\d+\.db$/.test(name))
  const aside = await namesIn(folder, (name) => name.startsWith(ASIDE) || name === 'restored')
  const times = await Promise.all(
    made.map(async (name) => `${name} (${day((await stat(join(place ?? '', name))).mtimeMs)})`),
  )
  return [
    {
      where: 'backups',
      what:
        place === undefined
          ? 'None is known of here. Whoever restores one of before says with aal restore --erasures FILE who was erased since.'
          : `In ${place}: ${times.length === 0 ? 'none any more' : named(times)}; each until aal backup --keep deletes it, or you do. Copies elsewhere are not known here. aal restore erases again who is in erasures.json beside the backup.`,
    },
    ...(copies.length === 0
      ? []
      : [
          {
            where: 'copies before updates',
            what: `In ${join(folder, BACKUPS)}: ${named(copies)}. The two newest are kept: delete them when the update has proven itself.`,
          },
        ]),
    ...(aside.length === 0
      ? []
      : [
          {
            where: 'folders of a restore',
            what: `In ${folder}: ${named(aside)}, until somebody deletes them.`,
          },
        ]),
  ]
}

async function namesIn(folder: string, isOne: (name: string) => boolean): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter(isOne).toSorted().toReversed()
}

function named(all: readonly string[]): string {
  const shown = all.slice(0, MOST_NAMED).join(', ')
  return all.length > MOST_NAMED ? `${shown} and ${all.length - MOST_NAMED} more` : shown
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
