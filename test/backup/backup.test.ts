import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { zstdDecompressSync } from 'node:zlib'
import { Decrypter } from 'age-encryption'
import { beforeAll, describe, expect, it } from 'vitest'
import { readArchive } from '../../hub/backup/archive.ts'
import { makeKeys } from '../../hub/backup/cipher.ts'
import type { Key, Lock } from '../../hub/backup/cipher.ts'
import { readLastBackup } from '../../hub/backup/last-backup.ts'
import { makeBackup } from '../../hub/backup/make-backup.ts'
import { BackupError, parseManifest } from '../../hub/backup/manifest.ts'
import { backupName, keepNewest } from '../../hub/backup/name.ts'
import { restoreBackup } from '../../hub/backup/restore-backup.ts'
import { lockFolder, openDatabase } from '../../hub/database/open-database.ts'
import { MIGRATIONS } from '../../hub/database/schema.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { dataFolder } from './data-folder.ts'

const NOW = Date.UTC(2026, 10, 22, 13, 45)
/** As little work as scrypt knows: the tests are not about that. */
const PASSPHRASE: Lock & Key = { type: 'passphrase', passphrase: 'correct horse battery', workFactor: 1 }

let keys: { identity: string; recipient: string }
let folder: string
/** One backup for all who only read it. */
let made: string

beforeAll(async () => {
  keys = await makeKeys()
  folder = dataFolder()
  made = (await make(folder)).file
})

const toKeys = (): Lock => ({ type: 'recipients', recipients: [keys.recipient] })
const byKeys = (): Key => ({ type: 'identities', identities: [keys.identity] })

function make(of: string, lock: Lock = toKeys(), file = join(tempDir('made'), 'a.age')) {
  return makeBackup({ folder: of, settings: {}, file, lock, now: () => NOW })
}

function restore(
  file: string,
  to = join(tempDir('restored'), 'data'),
  more: { force?: boolean; key?: Key } = {},
) {
  return restoreBackup({ file, key: byKeys(), folder: to, quiet: 0, now: () => NOW, ...more })
}

/** A copy of the backup with something done to its bytes. */
function spoiled(spoil: (bytes: Buffer) => Buffer): string {
  const file = join(tempDir('spoiled'), 'a.age')
  writeFileSync(file, spoil(readFileSync(made)))
  return file
}

function entriesIn(data: string): number {
  const db = new DatabaseSync(join(data, 'hub.db'), { readOnly: true })
  const { n } = db.prepare('SELECT count(*) AS n FROM journal').get() as { n: number }
  db.close()
  return n
}

describe('makeBackup', () => {
  it('takes nothing from another one at the same time, also where both have one process number', async () => {
    const own = dataFolder()
    const both = await Promise.all([make(own), make(own)])
    for (const { file } of both) {
      expect((await readArchive({ file, key: byKeys() })).files[0]?.path).toBe('data/hub.db')
    }
    expect(readdirSync(join(own, 'backups'))).toEqual(['last.json'])
  })

  it('clears away what one that was killed has left, and not what another one is making', async () => {
    const own = dataFolder()
    const old = NOW / 1000 - 3600
    for (const name of ['work-1', 'work-left', 'work-held', 'work-new']) {
      mkdirSync(join(own, 'backups', name), { recursive: true })
    }
    const held = lockFolder(join(own, 'backups/work-held'))
    for (const name of ['work-1', 'work-left', 'work-held']) utimesSync(join(own, 'backups', name), old, old)
    await make(own)
    held.close()
    expect(readdirSync(join(own, 'backups')).toSorted()).toEqual(['last.json', 'work-held', 'work-new'])
  })

  it('clears away the draft of one that was killed a day ago, beside the backup it makes', async () => {
    const target = tempDir('drafts')
    const name = backupName(NOW - 86_400_000, false)
    const [left, new_, other] = [`${name}.part-0a1b2c3d`, `${name}.part-ffffffff`, 'homes.yaml.part-0a1b2c3d']
    for (const file of [left, new_, other]) writeFileSync(join(target, file), 'half')
    for (const file of [left, other]) utimesSync(join(target, file), NOW / 1000, NOW / 1000 - 86_401)
    utimesSync(join(target, new_), NOW / 1000, NOW / 1000 - 86_399)
    await make(folder, toKeys(), join(target, 'a.age'))
    expect(readdirSync(target).toSorted()).toEqual(['a.age', new_, other].toSorted())
  })

  it('holds no backup of before, where they are written into the data folder', async () => {
    const own = dataFolder()
    mkdirSync(join(own, 'copies'))
    const first = await make(own, toKeys(), join(own, backupName(NOW, false)))
    await make(own, toKeys(), join(own, 'copies', backupName(NOW, false)))
    const next = await make(own, toKeys(), join(own, backupName(NOW + 1000, false)))
    expect(next.manifest.files.map(({ path }) => path)).toEqual(first.manifest.files.map(({ path }) => path))
  })

  it('takes the database, keys and certificates, and says what each file is', async () => {
    const { manifest } = await make(folder)
    expect(manifest.files.map(({ path }) => path)).toEqual([
      'data/hub.db',
      'data/certificates/authority-key.pem',
      'data/link.key',
    ])
    expect(manifest).toMatchObject({
      madeAt: NOW,
      versions: { schema: MIGRATIONS.length },
      database: { counts: { journal: 200, homes: 0 } },
      left: [],
    })
  })

  it.runIf(process.platform === 'linux')(
    'says that nothing can be written there, before the copy',
    async () => {
      await expect(make(folder, toKeys(), '/proc/nope')).rejects.toThrow(
        'Cannot write a backup into the folder /proc: no file can be made there. Name a folder that you may write to.',
      )
    },
  )

  it('leaves out what is of the process or of this disk alone', async () => {
    const own = dataFolder()
    for (const name of [
      'lock.db',
      'reserve',
      'reserve.part',
      'before-restore-x',
      'admin.sock',
      'later.key',
    ]) {
      writeFileSync(join(own, name), name)
    }
    mkdirSync(join(own, 'certificates/reserve'))
    writeFileSync(join(own, 'certificates/reserve/key.pem'), 'a key')
    const { manifest } = await make(own)
    expect(manifest.files.map(({ path }) => path)).toEqual([
      'data/hub.db',
      'data/certificates/authority-key.pem',
      'data/certificates/reserve/key.pem',
      'data/later.key',
      'data/link.key',
    ])
    expect(manifest.left).toEqual([])
  })

  it('takes hub.yaml, own rules and the files that hub.yaml names, and says where they were', async () => {
    const etc = tempDir('etc')
    mkdirSync(join(etc, 'rules', 'policies'), { recursive: true })
    for (const name of ['rules/a.yaml', 'rules/policies/b.yaml', 'pass', 'key.pem']) {
      writeFileSync(join(etc, name), name)
    }
    const config = join(etc, 'hub.yaml')
    writeFileSync(
      config,
      `influxdb: { passwordFile: ${etc}/pass }\nhttp: { tls: { key: ${etc}/key.pem, cert: /nowhere } }`,
    )
    const { manifest } = await makeBackup({
      folder,
      settings: { config, rules: join(etc, 'rules') },
      file: join(tempDir('made'), 'a.age'),
      lock: toKeys(),
      now: () => NOW,
    })
    expect(manifest.settings).toEqual({
      'settings/hub.yaml': config,
      'settings/files/1-key.pem': join(etc, 'key.pem'),
      'settings/files/2-pass': join(etc, 'pass'),
      'settings/rules/a.yaml': join(etc, 'rules/a.yaml'),
      'settings/rules/policies/b.yaml': join(etc, 'rules/policies/b.yaml'),
    })
  })

  it('leaves nothing but one file of its owner, and notes when it was made', async () => {
    const { file, bytes } = await make(folder)
    expect(readdirSync(dirname(file))).toEqual([basename(file)])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'backups'))).toEqual(['last.json'])
    expect(await readLastBackup(folder)).toEqual({ madeAt: NOW, file, bytes, isEncrypted: true })
  })

  it('writes nothing over, and does not say that a file is in it which is none', async () => {
    await expect(make(folder, toKeys(), made)).rejects.toThrow(/it is there already/)
    const linked = dataFolder(1)
    symlinkSync('/etc/hostname', join(linked, 'hostname'))
    expect((await make(linked)).manifest.left).toEqual(['hostname'])
  })

  it('refuses a database that is not whole: the older backups are better', async () => {
    const broken = dataFolder(5000)
    const bytes = readFileSync(join(broken, 'hub.db'))
    bytes.fill(0xaa, 40_960, 49_152)
    writeFileSync(join(broken, 'hub.db'), bytes)
    await expect(make(broken)).rejects.toThrow(/not whole|malformed|Cannot/)
    expect(await readLastBackup(broken)).toBeUndefined()
  })

  it('says what is wrong with a target', async () => {
    await expect(make(folder, toKeys(), join(tempDir('made'), 'no', 'a.age'))).rejects.toThrow(
      /there is no folder/,
    )
    await expect(make(tempDir('empty'))).rejects.toThrow(/there is no hub.db/)
    await expect(make(folder, { type: 'recipients', recipients: ['age1wrong'] })).rejects.toThrow(
      /no public key of age/,
    )
  })

  it('is in the formats of age, zstd and tar', async () => {
    const decrypter = new Decrypter()
    decrypter.addIdentity(keys.identity)
    const tar = zstdDecompressSync(await decrypter.decrypt(readFileSync(made)))
    expect(tar.subarray(0, 100).toString().replaceAll('\0', '')).toBe('manifest.json')
    expect(tar.subarray(257, 262).toString()).toBe('ustar')
  })
})

describe('readArchive', () => {
  it('takes a whole backup, closed by a passphrase, to a key, or not at all', async () => {
    for (const [lock, key] of [
      [PASSPHRASE, PASSPHRASE],
      [toKeys(), byKeys()],
      [{ type: 'plain' }, undefined],
    ] as const) {
      const { file } = await make(folder, lock)
      expect((await readArchive({ file, key })).files).toHaveLength(3)
    }
  })

  it('says which key it needs, and that one is wrong', async () => {
    const { file } = await make(folder, PASSPHRASE)
    const wrong: Key = { type: 'passphrase', passphrase: 'wrong' }
    await expect(readArchive({ file, key: wrong })).rejects.toThrow(/the passphrase is wrong/)
    await expect(readArchive({ file, key: undefined })).rejects.toThrow(/closed with a passphrase/)
    await expect(readArchive({ file: made, key: PASSPHRASE })).rejects.toThrow(/closed to a public key/)
    const other = { type: 'identities', identities: [(await makeKeys()).identity] } as const
    await expect(readArchive({ file: made, key: other })).rejects.toThrow(/the key is another one/)
  })

  it('notices every cut', async () => {
    const { length } = readFileSync(made)
    for (const end of [0, 10, 200, Math.floor(length / 2), length - 17, length - 1]) {
      const file = spoiled((bytes) => bytes.subarray(0, end))
      await expect(readArchive({ file, key: byKeys() }), `cut at ${end}`).rejects.toThrow(/Cannot|not whole/)
    }
  })

  it('notices every flipped bit', async () => {
    const whole = readFileSync(made)
    for (let part = 0; part < 12; part++) {
      const at = Math.floor(((whole.length - 1) * part) / 11)
      const file = spoiled((bytes) => flip(bytes, at))
      await expect(readArchive({ file, key: byKeys() }), `byte ${at}`).rejects.toThrow(/Cannot|not whole/)
    }
  })

  it('that is not encrypted is refused, or its files are what they were, whichever bit is flipped', async () => {
    const { file: plain, manifest } = await make(dataFolder(3), { type: 'plain' })
    const { length } = readFileSync(plain)
    const file = join(tempDir('flipped'), 'a')
    let refused = 0
    for (let at = 0; at < length; at += 53) {
      writeFileSync(file, flip(readFileSync(plain), at))
      const read = await readArchive({ file, key: undefined }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(BackupError)
        refused++
        return undefined
      })
      // Bits that nothing is made from.
      if (read) expect(read.files).toEqual(manifest.files)
    }
    expect(refused).toBeGreaterThan((length / 53) * 0.8)
  })

  it('refuses what is no backup, and a format of later', async () => {
    await expect(readArchive({ file: join(folder, 'hub.db'), key: undefined })).rejects.toThrow(
      /no backup of a hub/,
    )
    expect(() => parseManifest('{"format":2}')).toThrow(/its format is 2, this hub knows 1/)
    expect(() => parseManifest('{"format":1}')).toThrow(/its manifest is wrong/)
  })
})

describe('restoreBackup', () => {
  it('puts back what was there, for its owner alone, and adds to the audit log that it did', async () => {
    const to = join(tempDir('restored'), 'data')
    await restore(made, to)
    expect(readdirSync(to).toSorted()).toEqual(['certificates', 'hub.db', 'link.key'])
    expect(readFileSync(join(to, 'link.key'), 'utf8')).toBe('k'.repeat(43))
    expect(statSync(join(to, 'link.key')).mode & 0o777).toBe(0o600)
    expect(entriesIn(to)).toBe(200)
    const { db, close } = openDatabase(to)
    expect(db.prepare('SELECT what, why FROM audit').all()).toEqual([
      { what: 'hub.restore', why: 'of 2026-11-22T13:45:00.000Z' },
    ])
    expect(db.prepare("SELECT value FROM note WHERE key = 'restored'").get()).toEqual({
      value: JSON.stringify({ madeAt: NOW, quiet: 0 }),
    })
    close()
  })

  it('leaves a folder alone that is not empty, and with force moves what is in it aside', async () => {
    const used = dataFolder(7)
    await expect(restore(made, used)).rejects.toThrow(/it is not empty/)
    expect(entriesIn(used)).toBe(7)
    const { aside = '' } = await restore(made, used, { force: true })
    expect(entriesIn(aside)).toBe(7)
    expect(entriesIn(used)).toBe(200)
    expect(readFileSync(join(aside, 'certificates', 'authority-key.pem'), 'utf8')).toBe('secret')
    // Not twice in the next backup.
    expect((await make(used)).manifest.files).toHaveLength(3)
  })

  it('that is cut off leaves a folder on which no hub starts, and is run again', async () => {
    const to = dataFolder(3)
    // As a kill between moving aside and putting the database there leaves it.
    mkdirSync(join(to, 'before-restore-1'))
    for (const name of ['hub.db', 'link.key', 'certificates'])
      renameSync(join(to, name), join(to, 'before-restore-1', name))
    expect(() => openDatabase(to)).toThrow(/restore into it was cut off.*--force again.*before-restore-1/)
    expect(existsSync(join(to, 'hub.db'))).toBe(false)
    await restore(made, to, { force: true })
    expect(entriesIn(to)).toBe(200)
    openDatabase(to).close()
    expect(entriesIn(join(to, 'before-restore-1'))).toBe(3)
  })

  it('does nothing beside a hub', async () => {
    const used = dataFolder(7)
    const { close } = openDatabase(used)
    await expect(restore(made, used, { force: true })).rejects.toThrow(/another hub is using it/)
    close()
  })

  it('leaves nothing behind of a backup that is not whole', async () => {
    const to = join(tempDir('restored'), 'data')
    const file = spoiled((bytes) => bytes.subarray(0, bytes.length - 1))
    await expect(restore(file, to)).rejects.toThrow(/not whole/)
    expect(readdirSync(to)).toEqual([])
    const used = dataFolder(7)
    await expect(restore(file, used, { force: true })).rejects.toThrow(/not whole/)
    expect(entriesIn(used)).toBe(7)
  })

  it('brings an older schema up to date with a copy, and refuses a newer one', async () => {
    const older = join(tempDir('older'), 'data')
    mkdirSync(older)
    const db = new DatabaseSync(join(older, 'hub.db'))
    db.exec(`${MIGRATIONS.slice(0, -1).join(';')}; PRAGMA user_version = ${MIGRATIONS.length - 1}`)
    db.close()
    const newer = dataFolder(3)
    setSchema(newer, MIGRATIONS.length + 1)
    const { migrated } = await restore((await make(older)).file)
    expect(migrated).toMatchObject({ from: MIGRATIONS.length - 1, to: MIGRATIONS.length })
    expect(existsSync(migrated?.file ?? '')).toBe(true)
    const to = join(tempDir('restored'), 'data')
    await expect(restore((await make(newer)).file, to)).rejects.toThrow(
      new RegExp(`its schema is version ${MIGRATIONS.length + 1}, this hub knows ${MIGRATIONS.length}`),
    )
    expect(readdirSync(to)).toEqual([])
  })

  it('puts settings beside the data, not over what is elsewhere', async () => {
    const config = join(tempDir('etc'), 'hub.yaml')
    writeFileSync(config, 'http: { port: 0 }')
    const { file } = await makeBackup({
      folder,
      settings: { config },
      file: join(tempDir('made'), 'a.age'),
      lock: toKeys(),
      now: () => NOW,
    })
    writeFileSync(config, 'changed since')
    const { settings = '' } = await restore(file)
    expect(readFileSync(join(settings, 'hub.yaml'), 'utf8')).toBe('http: { port: 0 }')
    expect(readFileSync(config, 'utf8')).toBe('changed since')
  })
})

describe('keepNewest', () => {
  it('deletes the oldest by name, never the new one, and nothing else', async () => {
    const target = tempDir('keep')
    const names = [1, 2, 3, 4].map((day) => backupName(NOW + day * 86_400_000, false))
    for (const name of [...names, 'homes.yaml', 'aal-notes.tar.zst.age'])
      writeFileSync(join(target, name), '')
    // The clock was set back: the one of now is not the newest by name.
    expect(await keepNewest(target, 2, names[0] ?? '')).toEqual([names[2], names[1]])
    expect(readdirSync(target).toSorted()).toEqual(
      [names[0], names[3], 'aal-notes.tar.zst.age', 'homes.yaml'].toSorted(),
    )
  })
})

it('a copy of a file that cannot be written is no backup', async () => {
  const target = tempDir('closed')
  if (process.getuid?.() === 0) return
  chmodSync(target, 0o500)
  await expect(make(folder, toKeys(), join(target, 'a.age'))).rejects.toThrow(/There is no new backup/)
  expect(existsSync(join(target, 'a.age'))).toBe(false)
})

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 4
  return bytes
}

function setSchema(data: string, version: number): void {
  const db = new DatabaseSync(join(data, 'hub.db'))
  db.exec(`PRAGMA user_version = ${version}`)
  db.close()
}
