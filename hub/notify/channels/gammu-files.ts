import { createHash } from 'node:crypto'

/** A file that Gammu SMSD wrote for one part of an SMS from a phone. */
export interface InboxFile {
  readonly file: string
  /** As SMSD writes it: a number, or the name of a service. */
  readonly sender: string
  /** When the part was sent, seconds; the parts of one SMS need not have the same. */
  readonly at: number
  /** The same for all parts of one SMS. */
  readonly serial: string
  /** From 0. */
  readonly part: number
}

/**
 * `IN<date>_<time>_<serial>_<sender>_<part>.txt` (Gammu manual, "Files backend"); undefined for any other
 * file.
 */
export function parseInboxName(file: string): InboxFile | undefined {
  const match = /^IN(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)_(\d+)_([^_]*)_(\d+)\.txt$/.exec(file)
  const [, year, month, day, hour, minute, second, serial, sender, part] = match ?? []
  if (serial === undefined || sender === undefined) return undefined
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number)
  const at = Date.UTC(y ?? 0, (mo ?? 1) - 1, d, h, mi, s) / 1000
  return { file, sender, at, serial, part: Number(part) }
}

/** Puts the parts of each SMS together, in order: to the first part of the same sender that is nearest in time. */
export function groupParts(files: readonly InboxFile[]): readonly (readonly InboxFile[])[] {
  const groups = files.filter(({ part }) => part === 0).map((first) => [first])
  for (const one of files.filter(({ part }) => part > 0).toSorted((a, b) => a.part - b.part)) {
    const distance = ([first]: readonly InboxFile[]): number => Math.abs((first?.at ?? 0) - one.at)
    const [nearest] = groups
      .filter(
        (group) =>
          group[0]?.sender === one.sender && group[0].serial === one.serial && group.length === one.part,
      )
      .toSorted((a, b) => distance(a) - distance(b))
    if (nearest) nearest.push(one)
    else groups.push([one])
  }
  return groups
}

/**
 * The mark in the names of the files of one message: SMSD cuts names at 100 characters, and ids of
 * notifications may hold any sign.
 */
export function markOf(notification: string): string {
  return `aal${createHash('sha256').update(notification).digest('hex').slice(0, 32)}`
}

/** `OUT<priority><date>_<time>_<serial>_<number>_<mark>.txt`: SMSD sends in the order of names. */
export function outboxName(mark: string, to: string, now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().replace(/[-:]/g, '').split(/[T.]/)
  return `OUTC${date}_${time}_00_${to}_${mark}.txt`
}

/** The mark in the name of a file of ours. */
export function markIn(file: string): string | undefined {
  return /^OUT.*_(aal[0-9a-f]{32})\.txt$/.exec(file)?.[1]
}

/** With a byte order mark SMSD reads UTF-16, without one what its own locale says. */
export function encodeText(text: string): Buffer {
  return Buffer.from(`\uFEFF${text}`, 'utf16le')
}

/**
 * What SMSD wrote: UTF-16 of either order behind a mark (`InboxFormat = unicode`), else UTF-8 or Latin-1. With
 * letters beyond ASCII SMSD 1.42 writes more than the text, behind a NUL.
 */
export function decodeText(bytes: Buffer): string {
  return readBytes(bytes).split('\0', 1)[0] ?? ''
}

function readBytes(bytes: Buffer): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2))
    return Buffer.from(even).swap16().toString('utf16le')
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}
