import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../hub/database/open-database.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** A data folder as a hub leaves it, with so many entries in its journal. */
export function dataFolder(entries = 200): string {
  const folder = join(tempDir('backup'), 'data')
  const { db, close } = openDatabase(folder)
  const put = db.prepare("INSERT INTO journal (seq, now, type, body) VALUES (?, ?, 'tick', ?)")
  db.exec('BEGIN')
  for (let seq = 1; seq <= entries; seq++) put.run(seq, seq, JSON.stringify({ type: 'tick', seq }))
  db.exec('COMMIT')
  close()
  writeFileSync(join(folder, 'link.key'), 'k'.repeat(43), { mode: 0o600 })
  mkdirSync(join(folder, 'certificates'))
  writeFileSync(join(folder, 'certificates', 'authority-key.pem'), 'secret', { mode: 0o600 })
  return folder
}
