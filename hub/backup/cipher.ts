import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { BackupError } from './manifest.ts'

/** How a backup is closed. `plain`: not at all. */
export type Lock =
  | { readonly type: 'plain' }
  /** `workFactor`: scrypt's, as a power of 2; age's own when not given. */
  | { readonly type: 'passphrase'; readonly passphrase: string; readonly workFactor?: number }
  /** Public keys: `age1…`. */
  | { readonly type: 'recipients'; readonly recipients: readonly string[] }

/** What opens it. */
export type Key =
  | { readonly type: 'passphrase'; readonly passphrase: string }
  /** Secret keys: `AGE-SECRET-KEY-1…`. */
  | { readonly type: 'identities'; readonly identities: readonly string[] }

/** What a file begins with says how it is closed. */
export type Closed = 'passphrase' | 'recipients' | 'plain'

const AGE = 'age-encryption.org/v1\n'
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd]

/** @throws BackupError for a public key that is none */
export async function encrypt(stream: Readable, lock: Lock): Promise<Readable> {
  if (lock.type === 'plain') return stream
  const encrypter = new Encrypter()
  if (lock.type === 'passphrase') {
    encrypter.setPassphrase(lock.passphrase)
    if (lock.workFactor !== undefined) encrypter.setScryptWorkFactor(lock.workFactor)
  } else {
    for (const recipient of lock.recipients) checkRecipient(recipient, encrypter)
  }
  return fromWeb(await encrypter.encrypt(toWeb(stream)))
}

/** @throws BackupError when it is no public key of age */
export function checkRecipient(recipient: string, encrypter: Encrypter = new Encrypter()): void {
  try {
    encrypter.addRecipient(recipient)
  } catch (cause) {
    throw new BackupError(
      `Cannot encrypt to "${recipient}": it is no public key of age (age1…). Make one with: aal backup key FILE`,
      { cause },
    )
  }
}

/**
 * Opens it; what was changed in it is an error of the stream, before the part that was changed.
 * @throws BackupError when the key is not the one
 */
export async function decrypt(stream: Readable, closed: Closed, key: Key | undefined): Promise<Readable> {
  if (closed === 'plain') return stream
  if (!key) throw new BackupError(whatOpens(closed))
  const decrypter = new Decrypter()
  if (key.type === 'passphrase') {
    if (closed !== 'passphrase') throw new BackupError(whatOpens(closed))
    decrypter.addPassphrase(key.passphrase)
  } else {
    if (closed !== 'recipients') throw new BackupError(whatOpens(closed))
    for (const identity of key.identities) decrypter.addIdentity(identity)
  }
  try {
    return fromWeb(await decrypter.decrypt(toWeb(stream)))
  } catch (cause) {
    const { message } = cause as Error
    throw new BackupError(
      /no identity matched/.test(message)
        ? `Cannot open the backup: the ${closed === 'passphrase' ? 'passphrase is wrong' : 'key is another one'}, or its first bytes were changed.`
        : `Cannot open the backup: ${message}`,
      { cause },
    )
  }
}

function whatOpens(closed: Closed): string {
  return closed === 'passphrase'
    ? 'Cannot open the backup: it is closed with a passphrase. Give it with --passphrase-file FILE, or on a terminal.'
    : 'Cannot open the backup: it is closed to a public key. Give the secret one with --identity FILE.'
}

/** @param head the first bytes, 2 kB where there are so many. @throws BackupError for another sort of file */
export function howClosed(head: Buffer): Closed {
  if (head.subarray(0, AGE.length).toString('latin1') === AGE) {
    return head.toString('latin1').includes('\n-> scrypt ') ? 'passphrase' : 'recipients'
  }
  if (ZSTD.every((byte, index) => head[index] === byte)) return 'plain'
  throw new BackupError('Cannot use the file: it is no backup of a hub, or its first bytes were changed.')
}

function toWeb(stream: Readable): ReadableStream<Uint8Array> {
  // Two names of one thing: Node's and the browser's.
  return Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>
}

function fromWeb(stream: ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(stream as unknown as WebStream)
}

/** A new pair: whoever has the public one can make backups, whoever has the secret one can open them. */
export async function makeKeys(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = await generateX25519Identity()
  return { identity, recipient: await identityToRecipient(identity) }
}
