import { execFile } from 'node:child_process'
import type { Logger } from 'pino'
import { repeat } from '../timers.ts'

/** Sends words of sd_notify(3): `READY=1`. */
export type Send = (words: readonly string[]) => Promise<void>

/** What the service manager that started this process is told. */
export interface ServiceManager {
  /** It takes and keeps readings; from now on it says in time that it is alive. */
  ready(): Promise<void>
  /** It is on its way to its end. */
  stopping(): Promise<void>
}

/**
 * systemd, where it asks to be told (`Type=notify`, `WatchdogSec=`); else nobody is. That it is alive comes from the thread that
 * answers MQTT: while that one hangs, systemd hears nothing, and starts the hub again.
 * @param env of the process: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, as sd_notify(3) and sd_watchdog_enabled(3) say
 */
export function serviceManager(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
  log: Pick<Logger, 'warn'>,
  send: Send = bySystemdNotify,
): ServiceManager {
  if (env['NOTIFY_SOCKET'] === undefined) return { ready: async () => {}, stopping: async () => {} }
  let stopBeats = (): void => {}
  let isTelling = false

  async function tell(...words: string[]): Promise<void> {
    await send(words).catch((cause: unknown) =>
      log.warn({ err: cause, words }, 'Cannot tell the service manager how the hub is'),
    )
  }

  function beat(): void {
    // One that does not get through is not helped by more of them.
    if (isTelling) return
    isTelling = true
    void tell('WATCHDOG=1').finally(() => (isTelling = false))
  }

  return {
    async ready() {
      await tell('READY=1', 'STATUS=Takes and keeps readings')
      const limit = Number(env['WATCHDOG_USEC'] ?? 0) / 1000
      const isFor = env['WATCHDOG_PID'] ?? String(pid)
      if (limit > 0 && isFor === String(pid)) stopBeats = repeat(beat, limit / 3)
    },
    async stopping() {
      stopBeats()
      await tell('STOPPING=1', 'STATUS=Stops')
    },
  }
}

/** Node speaks to no datagram socket of Unix: systemd's own program does, and is wherever systemd is. */
async function bySystemdNotify(words: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  execFile('systemd-notify', words, { timeout: 10_000 }, (error) => (error ? reject(error) : resolve()))
  await promise
}
