import { createHash } from 'node:crypto'

/** A file that Gammu SMSD wrote for one part of an SMS from a phone. */
export interface InboxFile {
  readonly file: string
  /** The same for all parts of one SMS. */
  readonly sms: string
  readonly sender: string
  readonly part: number
}

/**
 * `IN<date>_<time>_<serial>_<sender>_<part>.txt` (Gammu manual, "Files backend"); undefined for any other
 * file.
 */
export function parseInboxName(file: string): InboxFile | undefined {
  const [, sms, sender, part] = /^(IN\d+_\d+_\d+_([^_]*))_(\d+)\.txt$/.exec(file) ?? []
  if (sms === undefined || sender === undefined) return undefined
  return { file, sms, sender, part: Number(part) }
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

/** What SMSD wrote: UTF-16 of either order behind a mark (`InboxFormat = unicode`), else UTF-8 or Latin-1. */
export function decodeText(bytes: Buffer): string {
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
