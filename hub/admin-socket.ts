import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Names of Unix sockets end at 107 bytes on Linux, 103 on macOS. */
const LONGEST = 100

/** Where the hub of a data folder listens for commands; in the folder, where the path is short enough. */
export function adminSocket(folder: string): string {
  const path = join(resolve(folder), 'admin.sock')
  if (Buffer.byteLength(path) <= LONGEST) return path
  return join(tmpdir(), `aal-${createHash('sha256').update(path).digest('hex').slice(0, 16)}.sock`)
}
