import { rmSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { ageInWords } from '../backup/age-in-words.ts'
import type { Manifest } from '../backup/manifest.ts'
import { askKey, askLock } from './backup-keys.ts'
import type { KeyOptions, LockOptions } from './backup-keys.ts'
import { showPhases } from './byte-progress.ts'
import { CommandError } from './command-error.ts'
import { configOf } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine, printMessage, showTime } from './print.ts'
import { writeSecrets } from './write-secrets.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface MakeOptions extends LockOptions {
  readonly keep?: number
  readonly work?: string
}

const PHASES = {
  copy: 'copying the database',
  check: 'checking the copy',
  hash: 'computing hashes',
  write: 'writing the backup',
}

/** `aal backup [FILE]`, `aal backup check FILE`, `aal backup key FILE` */
export function addBackupCommands(program: Command): void {
  const backup = program
    .command('backup')
    .description('Make a backup of everything, encrypted, while the hub runs or not')
    .argument('[file]', 'a new file, or a folder: then it gets a name with its time', '.')
    .option('--passphrase-file <file>', 'its first line closes the backup; without it you are asked')
    .option(
      '--recipient <key>',
      'a public key instead (age1…), or several by --recipient again: any of the secret ones opens it',
      (key: string, before: readonly string[] = []) => [...before, key],
    )
    .option('--recipients-file <file>', 'the same, one a line')
    .option('--plain', 'not encrypted at all: names, numbers and keys can be read by whoever has the file')
    .option('--keep <n>', 'delete older ones in the folder, so that so many are left', readKeep)
    .option(
      '--work <dir>',
      "where the copy of the database lies meanwhile (default: backups/ in the hub's data)",
    )
    .addHelpText(
      'after',
      '\nIt has the database, the keys and certificates of the data folder, and with --config hub.yaml, your own rules and the' +
        '\nfiles that hub.yaml names. It is in the format of age: age -d FILE | zstd -d | tar x opens it without a hub.' +
        '\nEnds with 1 when there is no new backup; the old ones are left then.' +
        '\n\nExamples:\n  aal backup --config /etc/aal/hub.yaml /mnt/usb' +
        '\n  aal backup --config /etc/aal/hub.yaml /mnt/backup --keep 30 --recipient age1… ' +
        '\n  aal backup hub.tar.zst.age --passphrase-file /etc/aal/backup.pass --json',
    )
    .action(async (target: string, own: MakeOptions, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const config = await configOf(options)
      const isFolder = await isDirectory(target)
      if (own.keep !== undefined && !isFolder) {
        throw new CommandError('--keep needs a folder that is there, not the name of a file.', 2)
      }
      const lock = await askLock(own)
      // Loaded when they are needed: no other command waits for them.
      const [{ makeBackup }, { backupName, keepNewest }] = await Promise.all([
        import('../backup/make-backup.ts'),
        import('../backup/name.ts'),
      ])
      const name = backupName(Date.now(), lock.type === 'plain')
      const file = isFolder ? join(target, name) : target
      const drafts: string[] = []
      const stop = onSignal(() => drafts)
      const bar = showPhases(PHASES)
      const made = await makeBackup({
        folder: config.data,
        settings: {
          ...(options.config !== undefined && { config: options.config }),
          ...(config.rules !== undefined && { rules: config.rules }),
          ...(config.profiles !== undefined && { profiles: config.profiles }),
        },
        file: resolve(file),
        lock,
        now: Date.now,
        onProgress: bar.onProgress,
        onDraft: (path) => drafts.push(path),
        ...(own.work !== undefined && { work: own.work }),
      }).finally(() => {
        bar.stop()
        stop()
      })
      const removed = own.keep === undefined ? [] : await keepNewest(target, own.keep, name)
      const { manifest, bytes } = made
      if (options.json) {
        printJson({
          file,
          bytes,
          encrypted: lock.type !== 'plain',
          ...factsOf(manifest),
          left: manifest.left,
          removed,
        })
        return
      }
      printLine(file)
      printMessage(
        [
          `${showBytes(bytes)}. ${sentence(manifest)}`,
          ...(manifest.left.length > 0 ? [`Not in it: ${manifest.left.join(', ')}.`] : []),
          ...(options.config === undefined ? ['hub.yaml is not in it: name it with --config FILE.'] : []),
          ...(removed.length > 0 ? [`Deleted: ${removed.join(', ')}.`] : []),
          lock.type === 'plain'
            ? 'NOT encrypted: whoever has this file has all names, numbers and keys.'
            : `Keep the ${lock.type === 'passphrase' ? 'passphrase' : 'secret key'} elsewhere than on this machine: without it nobody can open this file.`,
        ].join('\n'),
      )
    })

  backup
    .command('check <file>')
    .description('Read a backup from its first byte to its last, and compare every hash; nothing is restored')
    .option('--passphrase-file <file>', 'its first line opens the backup; without it you are asked')
    .option('--identity <file>', 'a file with the secret key (AGE-SECRET-KEY-1…)')
    .addHelpText(
      'after',
      '\nEnds with 1 when it is not whole, or cannot be opened.' +
        '\n\nExamples:\n  aal backup check aal-20261122T134500Z.tar.zst.age\n  aal backup check backup.age --identity key.txt --json',
    )
    .action(async (file: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<Options & KeyOptions>()
      const { readArchive, readHow } = await import('../backup/archive.ts')
      const closed = await readHow(file)
      const key = await askKey(closed, options)
      const { size } = await stat(file)
      const bar = showPhases({ read: 'reading the backup' })
      let done = 0
      const manifest = await readArchive({
        file,
        key,
        onRead: (bytes) => bar.onProgress('read', (done += bytes), size),
      }).finally(() => bar.stop())
      if (options.json)
        printJson({ whole: true, file, bytes: size, encrypted: closed !== 'plain', ...factsOf(manifest) })
      else printLine(`Whole: ${manifest.files.length} files. ${sentence(manifest)}`)
    })

  backup
    .command('key <file>')
    .description('Make a pair of keys: the secret one goes into FILE, the public one is printed')
    .addHelpText(
      'after',
      '\nKeep FILE off this machine, and twice: with it backups are opened, without it nobody can.\n\nExample:\n  aal backup key backup-key.txt',
    )
    .action(async (file: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { makeKeys } = await import('../backup/cipher.ts')
      const { identity, recipient } = await makeKeys()
      const text = `# public key: ${recipient}\n${identity}\n`
      await writeSecrets(dirname(resolve(file)), { [basename(resolve(file))]: text })
      if (options.json) printJson({ file, recipient })
      else {
        printLine(recipient)
        printMessage(
          `The secret key is in ${file}: keep it off this machine. Back up with: aal backup --recipient ${recipient}`,
        )
      }
    })
}

/** What a backup holds, for scripts. */
export function factsOf({ madeAt, versions, database, files }: Manifest) {
  return { madeAt, versions, counts: database.counts, files: files.length }
}

/** `As of 2026-11-22 13:45:00 (3 h old): 12 homes, …` */
export function sentence({ madeAt, versions, database }: Manifest): string {
  const { counts } = database
  const count = (name: string): string => (counts[name] ?? 0).toLocaleString('en')
  return (
    `As of ${showTime(madeAt)} (${ageInWords(Date.now() - madeAt)} old), by hub ${versions.hub}, schema ${versions.schema}: ` +
    `${count('homes')} homes, ${count('gateways')} gateways, ${count('people')} people, ${count('journal')} entries in the journal, ` +
    `${count('openAlerts')} open alerts.`
  )
}

function showBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  )
}

function readKeep(text: string): number {
  const keep = Number(text)
  if (!/^\d{1,5}$/.test(text) || keep < 1) throw new InvalidArgumentError('Expected a number from 1.')
  return keep
}

/** Nothing half made is left behind. */
function onSignal(files: () => readonly string[]): () => void {
  const end = (): void => {
    for (const file of files()) rmSync(file, { recursive: true, force: true })
    printMessage('Stopped: there is no new backup.')
    process.exit(1)
  }
  process.once('SIGINT', end).once('SIGTERM', end)
  return () => void process.off('SIGINT', end).off('SIGTERM', end)
}
