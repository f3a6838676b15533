import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { parseRuleFolder } from '../core/parse-rule-folder.ts'
import { openReadOnly } from '../database/open-read-only.ts'
import { createRuleReads } from '../database/rule-reads.ts'
import { computeHistory, computeLoad, tryRules } from './try-rules.ts'
import type { RuleAnswer, RuleOrder } from './try-rules.ts'

/** The thread in which rules are looked at and tried: it answers one order, and ends. */
const { folder, order } = workerData as { readonly folder: string; readonly order: RuleOrder }
// On Linux this is the priority of this thread alone: on a busy machine alarms come first.
if (process.platform === 'linux') setPriority(10)
const db = openReadOnly(folder)

function tell(answer: RuleAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(answer)
}

try {
  const reads = createRuleReads(db)
  switch (order.type) {
    case 'load':
      tell({ type: 'load', load: computeLoad(order, reads) })
      break
    case 'history':
      tell({ type: 'history', changes: computeHistory(order.sets) })
      break
    case 'trial': {
      const parsed = parseRuleFolder(order.after)
      if (!parsed.ok) {
        tell({ type: 'refused', problems: parsed.problems })
        break
      }
      const onProgress = (done: number, of: number): void => tell({ type: 'progress', done, of })
      tell({ type: 'trial', result: tryRules(order, reads, onProgress) })
    }
  }
} finally {
  db.close()
}
