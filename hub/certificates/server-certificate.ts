import { readFile, stat } from 'node:fs/promises'
import type { SecureContextOptions } from 'node:tls'
import { checkPair } from './check-pair.ts'
import type { CertificateFacts, PairText } from './check-pair.ts'

/** How often the files are looked at, ms. */
const LOOK_EVERY = 2_000

/** What modern clients speak: forward secrecy and authenticated encryption, nothing else; TLS 1.3 has no other. */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':')

export interface CertificateFiles {
  /** Of `hub.yaml`, for messages: `mqtt.tls`. */
  readonly setting: string
  readonly cert: string
  readonly key: string
}

/** A certificate that was put in place and is not used; the one of before stays in force. */
export interface RefusedCertificate {
  readonly at: number
  readonly reason: string
}

export interface ServerCertificate {
  /** `mqtt.tls` or `http.tls`. */
  readonly setting: string
  /** For `tls.createServer` and `setSecureContext`: what is in force now. */
  readonly options: () => SecureContextOptions
  readonly facts: () => CertificateFacts
  readonly refused: () => RefusedCertificate | undefined
  /** Reads the files now; sessions that stand are not touched, whatever comes of it. */
  reload(): Promise<void>
  watch(): void
  /** When the look that is under way is over. */
  settled(): Promise<void>
  stop(): void
}

export interface ServerCertificateOptions {
  readonly files: CertificateFiles
  readonly now: () => number
  /** Another one is in force. */
  readonly onChange: (options: SecureContextOptions) => void
  /** A new one cannot be used, for another reason than before; undefined: that is over. */
  readonly onRefused: (refused: RefusedCertificate | undefined) => void
  /** Calls again and again until what it returns is called. */
  readonly repeat: (call: () => void, ms: number) => () => void
}

/**
 * Reads the certificate of a listener, and takes over a new one when its files change.
 *
 * It looks at the files' marks instead of waiting to be told: `fs.watch` is silent on network folders, and sees no
 * change behind a link, which is how certbot and Kubernetes put a new certificate in place.
 * @throws Error that says what to do when the files cannot be used
 */
export async function openServerCertificate(options: ServerCertificateOptions): Promise<ServerCertificate> {
  const { files, now, onChange, onRefused, repeat } = options
  const first = await read(files, now())
  if (!first.ok) throw new Error(first.problem)
  let { text, facts } = first
  let refused: RefusedCertificate | undefined
  let marks = await marksOf(files)
  let settling: string | undefined
  let stopLooking: (() => void) | undefined
  let looking: Promise<void> | undefined

  async function reload(): Promise<void> {
    marks = await marksOf(files)
    const next = await read(files, now())
    if (!next.ok) {
      if (refused?.reason === next.problem) return
      refused = { at: now(), reason: next.problem }
      onRefused(refused)
      return
    }
    const isOther = next.text.cert !== text.cert || next.text.key !== text.key
    ;({ text, facts } = next)
    if (isOther) onChange(secure(text))
    if (refused) {
      refused = undefined
      onRefused(undefined)
    }
  }

  /** Certificate and key are put in place one after the other: they are read when nothing has changed for a look. */
  async function look(): Promise<void> {
    const seen = await marksOf(files)
    if (seen === marks) settling = undefined
    else if (seen !== settling) settling = seen
    else {
      settling = undefined
      await reload()
    }
  }

  return {
    setting: files.setting,
    options: () => secure(text),
    facts: () => facts,
    refused: () => refused,
    reload,
    watch() {
      stopLooking ??= repeat(() => {
        looking ??= look()
          .catch((cause: unknown) => {
            // A listener that does not take it keeps the one that it has.
            const reason = cause instanceof Error ? cause.message : String(cause)
            refused = { at: now(), reason }
            onRefused(refused)
          })
          .finally(() => (looking = undefined))
      }, LOOK_EVERY)
    },
    settled: async () => looking,
    stop() {
      stopLooking?.()
      stopLooking = undefined
    },
  }
}

function secure({ cert, key }: PairText): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2', ciphers: CIPHERS, honorCipherOrder: true }
}

type Read =
  | { readonly ok: true; readonly text: PairText; readonly facts: CertificateFacts }
  | { readonly ok: false; readonly problem: string }

async function read(files: CertificateFiles, now: number): Promise<Read> {
  const text = { cert: '', key: '' }
  for (const name of ['cert', 'key'] as const) {
    try {
      text[name] = await readFile(files[name], 'utf8')
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      const why =
        code === 'ENOENT'
          ? 'there is no such file. Correct the path, or make a certificate: aal certificate create'
          : code === 'EACCES'
            ? 'the hub may not read it: give it to the user that the hub runs as'
            : message
      return { ok: false, problem: `Cannot read ${files.setting}.${name} ${files[name]}: ${why}` }
    }
  }
  const checked = checkPair(text, now)
  if (checked.ok) return { ok: true, text, facts: checked.facts }
  const { about, problem } = checked
  return { ok: false, problem: `Cannot use ${files.setting}.${about} ${files[about]}: ${problem}` }
}

async function marksOf({ cert, key }: CertificateFiles): Promise<string> {
  const marks = await Promise.all(
    [cert, key].map(async (path) => {
      try {
        const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
        return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
      } catch (cause) {
        return (cause as NodeJS.ErrnoException).code ?? 'gone'
      }
    }),
  )
  return marks.join('|')
}
