import { execFile } from 'node:child_process'
import { access, constants, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Channel, ChannelSink, Health } from '../channel.ts'
import { NOT_E164, isE164, toE164 } from '../phone-number.ts'
import {
  decodeText,
  encodeText,
  groupParts,
  markIn,
  markOf,
  outboxName,
  parseInboxName,
} from './gammu-files.ts'
import type { InboxFile } from './gammu-files.ts'
import { reasonOf } from './provider-answer.ts'
import { createSmsdWatch } from './smsd-watch.ts'

export interface GammuOptions {
  readonly name: string
  /** The paths of `gammu-smsdrc` (`service = files`); the hub may write in all of them. */
  readonly inbox: string
  readonly outbox: string
  readonly sent: string
  readonly error: string
  /** For `gammu-smsd-monitor`, which knows whether SMSD runs and the modem has a network. */
  readonly smsdrc?: string
  readonly sink: ChannelSink
  readonly now: () => number
  /** What people should look at; no numbers, no texts. */
  readonly warn: (fields: object, message: string) => void
  /** Milliseconds between two looks into the folders. */
  readonly lookEvery?: number
  /** Milliseconds that SMSD may do nothing about a message before it counts as stuck. */
  readonly patience?: number
}

const LOOK_EVERY = 1_000
/** A modem takes some seconds for each part, and SMSD looks for calls and status in between. */
const PATIENCE = 60_000
const MONITOR_TIMEOUT = 5_000

/**
 * Sends by a GSM modem on this machine, through the files of Gammu SMSD: works without the internet. That the mobile
 * network took a message (SMSD moves it to `sent`) is the last that is heard of it: no file tells of deliveries. Files of
 * ours go as soon as the hub has kept what became of them, since they hold numbers and texts.
 */
export function createGammuChannel(options: GammuOptions): Channel {
  const { name, inbox, outbox, sent, error, smsdrc, sink, now, warn } = options
  const { lookEvery = LOOK_EVERY, patience = PATIENCE } = options
  let inboxBefore = ''
  /** Taken, and could not be removed: never taken again. */
  const taken = new Set<string>()

  const idFile = (mark: string): string => join(outbox, `.${mark}`)

  async function send(id: string, to: string, text: string): Promise<void> {
    const mark = markOf(id)
    // A repetition: SMSD has it, or it is on its way already.
    for (const folder of [outbox, sent, error]) {
      if ((await readdir(folder)).some((file) => markIn(file) === mark)) return
    }
    // SMSD passes over names that begin with a dot, and sees the message only when it is whole.
    await writeFile(idFile(mark), id, { mode: 0o600 })
    const draft = join(outbox, `.${mark}.draft`)
    await writeFile(draft, encodeText(text), { mode: 0o660 })
    await rename(draft, join(outbox, outboxName(mark, to, now())))
    watch.handed()
  }

  /** Tells the hub what became of the messages that SMSD has moved. */
  async function report(folder: string, to: 'accepted' | 'failed'): Promise<number> {
    let moved = 0
    for (const file of await readdir(folder)) {
      const mark = markIn(file)
      if (mark === undefined) continue
      const notification = await readFile(idFile(mark), 'utf8').catch(() => undefined)
      if (notification === undefined) continue
      moved += 1
      await sink.deliver(
        to === 'accepted'
          ? { notification, to, isLast: true }
          : { notification, to, error: 'The modem could not send it: see the log of gammu-smsd' },
      )
      await rm(join(folder, file), { force: true })
      await rm(idFile(mark), { force: true })
    }
    return moved
  }

  async function takeInbox(): Promise<void> {
    const files = (await readdir(inbox)).filter((file) => !taken.has(file)).toSorted()
    // SMSD writes the parts one after the other: only what has not changed between two looks is whole.
    const sizes = await Promise.all(
      files.map(async (file) => `${file} ${(await stat(join(inbox, file))).size}`),
    )
    const settled = sizes.join('\n')
    const isSettled = settled === inboxBefore
    inboxBefore = settled
    if (!isSettled) return
    const parts = files.flatMap((file) => parseInboxName(file) ?? [])
    for (const all of groupParts(parts)) await takeSms(all)
  }

  async function takeSms(inOrder: readonly InboxFile[]): Promise<void> {
    const texts: string[] = []
    for (const { file } of inOrder) texts.push(decodeText(await readFile(join(inbox, file))))
    const from = toE164(inOrder[0]?.sender ?? '')
    if (from === undefined) {
      // From the operator, or a short code: for people to read, not an answer.
      const aside = join(inbox, 'not-answers')
      await mkdir(aside, { recursive: true })
      for (const { file } of inOrder) await rename(join(inbox, file), join(aside, file))
      warn(
        { channel: name },
        'The modem has an SMS from no phone number: see the folder not-answers of its inbox',
      )
      return
    }
    await sink.answer(from, texts.join('').slice(0, 2000))
    // Taken once, even when it cannot be removed.
    for (const { file } of inOrder) taken.add(file)
    for (const { file } of inOrder) {
      await rm(join(inbox, file))
      taken.delete(file)
    }
  }

  async function look(): Promise<void> {
    const moved = (await report(sent, 'accepted')) + (await report(error, 'failed'))
    const waits = (await readdir(outbox)).some((file) => markIn(file) !== undefined)
    watch.found(waits, moved > 0)
    await takeInbox()
  }

  const watch = createSmsdWatch({
    channel: name,
    what: 'folders',
    look,
    lookEvery,
    patience,
    now,
    sayWhy: reasonOf,
    warn,
  })

  async function check(signal: AbortSignal): Promise<Health> {
    try {
      for (const folder of [inbox, outbox, sent, error]) {
        await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
      }
    } catch (cause) {
      return { ok: false, error: `The folders of Gammu SMSD cannot be used: ${reasonOf(cause)}` }
    }
    const found = watch.trouble() ?? watch.stuck()
    if (found !== undefined) return { ok: false, error: found }
    return smsdrc === undefined ? { ok: true } : await askMonitor(smsdrc, signal)
  }

  return {
    name,
    kind: 'sms',
    reports: true,
    check,
    async send({ id, to, text }, signal) {
      if (!isE164(to)) {
        return { ok: false, retry: false, error: NOT_E164 }
      }
      if (signal.aborted)
        return { ok: false, retry: true, error: 'There was no time to hand it to Gammu SMSD' }
      const reason = watch.stuck()
      if (reason !== undefined) return { ok: false, retry: true, error: reason }
      try {
        await send(id, to, text)
        return { ok: true, to: 'accepted', reference: markOf(id) }
      } catch (cause) {
        return { ok: false, retry: true, error: `Cannot hand it to Gammu SMSD: ${reasonOf(cause)}` }
      }
    },
    start: watch.start,
    stop: watch.stop,
  }
}

/** Asks SMSD's own monitor: one line, `client;phone;IMEI;IMSI;sent;received;failed;battery;signal`. */
function askMonitor(smsdrc: string, signal: AbortSignal): Promise<Health> {
  const args = ['-C', '-c', smsdrc, '-n', '1', '-d', '0']
  return new Promise((resolve) => {
    execFile('gammu-smsd-monitor', args, { signal, timeout: MONITOR_TIMEOUT }, (failure, stdout) => {
      if (failure) {
        const isMissing = failure.code === 'ENOENT'
        const error = isMissing
          ? 'gammu-smsd-monitor is not installed: take smsdrc out of the settings, or install it'
          : 'Gammu SMSD does not run with this gammu-smsdrc'
        return resolve({ ok: false, error })
      }
      const strength = Number(stdout.trim().split('\n').at(-1)?.split(';').at(-1))
      resolve(
        Number.isFinite(strength) && strength <= 0
          ? { ok: false, error: 'The modem has no mobile network' }
          : { ok: true },
      )
    })
  })
}
