import { stat } from 'node:fs/promises'
import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import type { RestoredBackup } from '../backup/restore-backup.ts'
import { SEVERITIES } from '../model/alert.ts'
import { formatDuration, parseDuration } from '../source/duration.ts'
import { factsOf, sentence } from './backup.ts'
import { askKey } from './backup-keys.ts'
import type { KeyOptions } from './backup-keys.ts'
import { showPhases } from './byte-progress.ts'
import { CommandError } from './command-error.ts'
import { configOf } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, showSeverity, showTime } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

const MINUTE = 60_000
const QUIET = 15 * MINUTE
const MOST_SHOWN = 20

/** `aal restore FILE --data DIR` */
export function addRestoreCommand(program: Command): void {
  program
    .command('restore <file>')
    .description('Restore a backup into an empty folder; nothing is there before all was checked')
    .option('--passphrase-file <file>', 'its first line opens the backup; without it you are asked')
    .option('--identity <file>', 'a file with the secret key (AGE-SECRET-KEY-1…)')
    .option('--erasures <file>', 'who was erased since (erasures.json of the hub, or of a newer backup)')
    .option('--force', 'the folder is not empty: move what is in it aside, below it; nothing is deleted')
    .addOption(
      new Option(
        '--quiet <duration>',
        'so long after its start the hub tells nobody of the alerts that were open then, 0s to 1h',
      )
        .argParser(readQuiet)
        .default(QUIET, formatDuration(QUIET)),
    )
    .addHelpText(
      'after',
      '\nWho was erased since the backup is erased again, by erasures.json beside the backup and in the folder, or --erasures.' +
        '\nStop the hub first. What happened after the backup was made is lost. The alerts that were open then stand on the board' +
        '\nwhen the hub starts, and are told again after --quiet to the people of those that nobody has answered; what happens anew' +
        '\nis told at once. docs/operations.md, Restore, has the whole way. Ends with 1 when nothing was restored.' +
        '\n\nExamples:\n  aal restore aal-20261122T134500Z.tar.zst.age --data /var/lib/aal' +
        '\n  aal restore backup.age --data /var/lib/aal --identity key.txt --force',
    )
    .action(
      async (
        file: string,
        own: KeyOptions & { force?: boolean; quiet: number; erasures?: string },
        command: Command,
      ) => {
        const options = command.optsWithGlobals<Options>()
        if (options.data === undefined && options.config === undefined) {
          throw new CommandError('Say where to: --data DIR.', 2)
        }
        const { data: folder } = await configOf(options)
        const [{ restoreBackup }, { readHow }] = await Promise.all([
          import('../backup/restore-backup.ts'),
          import('../backup/archive.ts'),
        ])
        const key = await askKey(await readHow(file), own)
        const { size } = await stat(file)
        const bar = showPhases({ read: 'restoring' })
        let done = 0
        const restored = await restoreBackup({
          file,
          key,
          folder,
          quiet: own.quiet,
          now: Date.now,
          onProgress: (bytes) => bar.onProgress('read', (done += bytes), size),
          ...(own.force && { force: true }),
          ...(own.erasures !== undefined && { erasures: own.erasures }),
        }).finally(() => bar.stop())
        if (options.json) {
          const { manifest, ...rest } = restored
          printJson({ folder, ...factsOf(manifest), from: manifest.settings, ...rest })
        } else printLine(say(restored, folder, own.quiet))
      },
    )
}

function say(
  { manifest, open, erased, aside, settings, migrated }: RestoredBackup,
  folder: string,
  quiet: number,
): string {
  const moved = Object.entries(manifest.settings)
  // What may matter most first: the severest, and of these the newest.
  const shown = open
    .toSorted(
      (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.openedAt - a.openedAt,
    )
    .slice(0, MOST_SHOWN)
  return [
    `Restored into ${folder}. ${sentence(manifest)}`,
    ...(aside === undefined ? [] : [`What was there before is in ${aside}.`]),
    ...(migrated ? [`It was brought from schema ${migrated.from} to ${migrated.to}.`] : []),
    erased.length === 0
      ? 'No erasure since then is known. If there was one, restore again with --erasures FILE, before the hub starts.'
      : `Erased again, as they were since the backup: ${erased.map(({ home, resident }) => (resident === undefined ? home : `${resident} of ${home}`)).join(', ')}.`,
    ...(settings === undefined
      ? ['hub.yaml and rules are not in the backup: take yours.']
      : [
          '',
          `Settings are in ${settings}; put back what is not in its place:`,
          ...moved.map(([path, from]) => `  ${path.replace('settings/', '')} was ${from}`),
        ]),
    '',
    open.length === 0
      ? 'No alert was open then.'
      : `${open.length} alerts were open then. Look after those that may be real before you start the hub:`,
    ...(shown.length === 0
      ? []
      : [
          formatTable(
            ['SINCE', 'SEVERITY', 'HOME', 'ALERT', 'WHO'],
            shown.map(({ openedAt, severity, home = '', title, handling, handledBy }) => [
              showTime(openedAt),
              showSeverity(severity),
              home,
              title,
              handling === 'new' ? 'nobody yet' : (handledBy ?? ''),
            ]),
          ),
        ]),
    ...(open.length > shown.length ? [`and ${open.length - shown.length} more, on the board`] : []),
    '',
    `Next: start the hub. For ${Math.round(quiet / MINUTE)} minutes it tells nobody of these; go through them on the board. After that`,
    'the people of those that nobody has answered are told, from the first on. What was revoked or changed since the backup',
    '(gateways, people, tokens, limits, holds) is as it was then: do that again.',
  ].join('\n')
}

function readQuiet(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms > 60 * MINUTE) throw new InvalidArgumentError('Expected 0s to 1h, such as 15m.')
  return ms
}
