import { hubOf } from '../lib/hub-of.js'
import { createUntilHeard } from '../lib/until-heard.js'

/** @import { Message, NodeApi, NodeConfig, RedNode } from '../lib/node-red.d.ts' */

/**
 * What the hub takes of a program (docs/node-red.md), and the field of the node that has it: `id` is a node's own in
 * Node-RED.
 */
const FIELDS = /** @type {const} */ ({
  id: 'key',
  home: 'home',
  sensor: 'sensor',
  title: 'title',
  text: 'text',
  category: 'category',
  severity: 'severity',
  until: 'until',
  resolve: 'resolve',
  again: 'again',
})

/**
 * `aal raise`: raises a technical or routine alert, or says that its condition has cleared. What it says is said until
 * the hub has heard it: one alert after another of the same id replaces what still waits.
 * @param {NodeApi} RED
 */
export default function registerRaise(RED) {
  RED.nodes.registerType('aal-raise', raise)

  /**
   * @this {RedNode}
   * @param {NodeConfig} config
   */
  function raise(config) {
    RED.nodes.createNode(this, config)
    const hub = hubOf(RED, this, config)
    const words = (/** @type {string} */ key, /** @type {Record<string, string>} */ values = {}) =>
      RED._(`raise.says.${key}`, values)
    const say =
      hub &&
      createUntilHeard(
        (body) => hub.link.ask('POST', '/api/alerts', body),
        hub.link.over,
        (error) => {
          this.warn(words('waits', { why: hub.say(error) }))
          this.status({ fill: 'yellow', shape: 'ring', text: words('waits-short') })
        },
      )

    this.on('input', (msg, send, done) => {
      if (!hub || !say) return done(words('no-hub'))
      const body = bodyOf(config, msg)
      void say(`${body['home'] ?? ''}/${body['id'] ?? ''}`, body).then(
        (answer) => {
          // Something newer took its place.
          if (answer === undefined) return done()
          const { did, alert } = /** @type {{ did: string, alert?: unknown }} */ (answer)
          this.status({ fill: 'green', shape: 'dot', text: words(`did.${did}`) })
          send(Object.assign(msg, { payload: alert, did }))
          done()
        },
        (/** @type {unknown} */ error) => {
          this.status({ fill: 'red', shape: 'ring', text: words('failed-short') })
          done(words('failed', { why: hub.say(error) }))
        },
      )
    })
  }
}

/**
 * What the node says, changed by what the message says: a payload `false` or `cleared` clears, any other raises; fields
 * of `msg.raise` take the place of the node's.
 * @param {NodeConfig} config
 * @param {Message} msg
 * @returns {Record<string, unknown>}
 */
export function bodyOf(config, { payload, raise }) {
  /** @type {Record<string, unknown>} */
  const own = typeof raise === 'object' && raise !== null ? { ...raise } : {}
  /** @type {Record<string, unknown>} */
  const body = {}
  for (const [field, ofNode] of Object.entries(FIELDS)) {
    const value = own[field] ?? config[ofNode]
    if (value !== undefined && value !== '' && value !== false) body[field] = value
  }
  const state = own['state'] ?? payload
  if (state === false || state === 'cleared') body['state'] = 'cleared'
  return body
}
