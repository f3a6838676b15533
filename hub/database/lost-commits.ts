import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** https://sqlite.org/fileformat2.html#the_write_ahead_log */
const HEADER = 32
const FRAME = 24
/** Of the first word; the last bit says in which order the bytes are that are summed up. */
const MAGIC = 0x377f0682

/**
 * How many transactions lie behind a damaged place in the write-ahead log, which SQLite takes for its end without a word.
 * Each is synced before the next begins, so a crash leaves one of them at most: with two or more, the disk has given back
 * something else than was written, and what was acknowledged is lost. Asked before the database is opened: it writes over them.
 * @returns 0 where the log is whole, ends in what a crash leaves, or is not there
 */
export function lostCommits(folder: string): number {
  const wal = readWal(join(folder, 'hub.db-wal'))
  if (!wal || wal.length < HEADER) return 0
  const magic = wal.readUInt32BE(0)
  if ((magic & ~1) >>> 0 !== MAGIC) return 0
  const isBig = (magic & 1) === 1
  const page = wal.readUInt32BE(8)
  const size = FRAME + page
  let sum: Sum = add([0, 0], wal.subarray(0, 24), isBig)
  if (!isSum(sum, wal, 24)) return 0
  let isWhole = true
  let lost = 0
  for (let at = HEADER; at + size <= wal.length; at += size) {
    // Of an earlier round: the log is written from its beginning again and again.
    const isOfNow = wal.compare(wal, 16, 24, at + 8, at + 16) === 0
    if (isWhole && isOfNow) {
      sum = add(add(sum, wal.subarray(at, at + 8), isBig), wal.subarray(at + FRAME, at + size), isBig)
      isWhole = isSum(sum, wal, at + 16)
    } else isWhole = false
    const isCommit = wal.readUInt32BE(at + 4) !== 0
    if (!isWhole && isOfNow && isCommit) lost++
  }
  return lost > 1 ? lost : 0
}

type Sum = readonly [number, number]

function add([first, second]: Sum, bytes: Buffer, isBig: boolean): Sum {
  let [a, b] = [first, second]
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    a = (a + words.getUint32(at, !isBig) + b) >>> 0
    b = (b + words.getUint32(at + 4, !isBig) + a) >>> 0
  }
  return [a, b]
}

function isSum([a, b]: Sum, wal: Buffer, at: number): boolean {
  return wal.readUInt32BE(at) === a && wal.readUInt32BE(at + 4) === b
}

function readWal(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
