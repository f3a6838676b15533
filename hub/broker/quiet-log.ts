import type { BrokerLog } from './broker.ts'

/** Lines with the same message in a minute. */
const MOST = 60
const MINUTE = 60_000

/** Warnings that strangers cause would fill the disk: of the same message so many a minute, and then how many there were. */
export function quietLog(log: BrokerLog, now: () => number): BrokerLog {
  const said = new Map<string, { since: number; count: number }>()
  return {
    info: (fields, message) => log.info(fields, message),
    warn(fields, message) {
      const at = now()
      const known = said.get(message)
      if (known && at - known.since < MINUTE) {
        known.count++
        if (known.count <= MOST) log.warn(fields, message)
        return
      }
      const notLogged = known ? known.count - MOST : 0
      // Messages are words of this code: there are a handful.
      said.set(message, { since: at, count: 1 })
      log.warn({ ...fields, ...(notLogged > 0 && { notLogged }) }, message)
    },
  }
}
