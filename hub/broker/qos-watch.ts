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

export function createQosWatch(core: Pick<Core, 'openAlerts' | 'onCommit'>): QosWatch {
  /** Scopes for which the notice is open: readings go through no list of alerts. */
  const open = new Set(core.openAlerts().flatMap(({ rule, scope }) => (rule === NOTICE ? [scope] : [])))
  /** Said, and not yet on disk. */
  const said = new Set<string>()
  core.onCommit(({ entries, alerts }) => {
    for (const { input } of entries) {
      if (input.type === 'notice' && input.notice === NOTICE) said.delete(`${input.home}/${input.sensor}`)
    }
    for (const { rule, scope, handling } of alerts) {
      if (rule !== NOTICE) continue
      // Somebody may close it while it is so still: then it is said again.
      if (handling === 'resolved') open.delete(scope)
      else open.add(scope)
    }
  })
  return {
    heard(home, sensor, hasReceipt) {
      const scope = `${home}/${sensor}`
      const about = { type: 'notice', notice: NOTICE, home, sensor } as const
      if (hasReceipt) {
        const wasOpen = open.delete(scope)
        return said.delete(scope) || wasOpen ? [{ ...about, on: false }] : []
      }
      if (open.has(scope) || said.has(scope)) return []
      said.add(scope)
      return [{ ...about, on: true, reason: `"${sensor}" sends at QoS 0: set qos 1 for it on the gateway` }]
    },
  }
}
