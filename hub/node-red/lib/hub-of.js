/**
 * @import { NodeApi, NodeConfig, RedNode } from './node-red.d.ts'
 * @import { HubNode } from '../nodes/hub.js'
 */

/**
 * The hub that a node uses. Where it cannot be used, the node's status says what is missing.
 * @param {NodeApi} RED
 * @param {RedNode} node
 * @param {NodeConfig} config
 * @returns {(HubNode & { link: import('./link.js').Link }) | undefined}
 */
export function hubOf(RED, node, config) {
  const hub = /** @type {HubNode | null} */ (RED.nodes.getNode(config['hub']))
  const { link } = hub ?? {}
  if (hub && link) return Object.assign(hub, { link })
  const text = hub?.problem ?? RED._('node-red-contrib-aal-hub/hub:hub.says.none')
  node.status({ fill: 'red', shape: 'ring', text })
  node.warn(text)
  return undefined
}
