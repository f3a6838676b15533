/** @import { NodeApi, RedNode } from './node-red.d.ts' */

/**
 * The hub does not send any more what happened between two times: said in the log, and to catch nodes.
 * @param {NodeApi} RED
 * @param {RedNode} node
 * @param {'alert' | 'reading'} name whose texts to use
 * @param {string} data of the event `gap`
 */
export function tellGap(RED, node, name, data) {
  /** @type {{ from?: number, to?: number, why?: string }} */
  const gap = JSON.parse(data)
  const timeOf = (/** @type {number | undefined} */ at) =>
    at === undefined ? '?' : new Date(at).toISOString()
  node.error(RED._(`${name}.gap`, { from: timeOf(gap.from), to: timeOf(gap.to) }), {
    event: 'gap',
    payload: gap,
  })
}
