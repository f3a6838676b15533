import type { Core } from '../core/core.ts'
import type { NoticeInput } from '../model/input.ts'

const NOTICE = 'hub-qos'

/** Which alarm sensors send without a receipt (QoS 0): what they send while a link is down is lost, and nobody knows. */
export interface QosWatch {
  /**
   * What is to be said of a reading of an alarm sensor that came with or without a receipt; mostly nothing: it is said
   * once, and that it is over once.
   */
  heard(home: string, sensor: string, hasReceipt: boolean): NoticeInput[]
}

export function createQosWatch(core: Pick<Core, 'openAlerts'>): QosWatch {
  const isOpen = (scope: string): boolean =>
    core.openAlerts().some((alert) => alert.rule === NOTICE && alert.scope === scope)
  // Nearly every reading has a receipt: for those, no list of alerts is gone through.
  const told = new Set(core.openAlerts().flatMap(({ rule, scope }) => (rule === NOTICE ? [scope] : [])))
  return {
    heard(home, sensor, hasReceipt) {
      const scope = `${home}/${sensor}`
      const about = { type: 'notice', notice: NOTICE, home, sensor } as const
      if (hasReceipt) return told.delete(scope) ? [{ ...about, on: false }] : []
      // Somebody may have closed it, and it is so still.
      if (isOpen(scope)) return []
      told.add(scope)
      return [{ ...about, on: true, reason: `"${sensor}" sends at QoS 0: set qos 1 for it on the gateway` }]
    },
  }
}
