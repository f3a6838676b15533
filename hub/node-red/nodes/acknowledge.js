import { hubOf } from '../lib/hub-of.js'
import { RefusedError } from '../lib/request.js'

/** @import { Message, NodeApi, NodeConfig, RedNode } from '../lib/node-red.d.ts' */

/** As ids of the hub: no names. */
const WHO = /^[\w.:@-]{1,64}$/
const MOST_COMMENT = 900

/**
 * `aal acknowledge`: takes an alert in the name of the token. Of alerts about a person the hub wants to know which
 * human did it.
 * @param {NodeApi} RED
 */
export default function registerAcknowledge(RED) {
  RED.nodes.registerType('aal-acknowledge', acknowledge)

  /**
   * @this {RedNode}
   * @param {NodeConfig} config
   */
  function acknowledge(config) {
    RED.nodes.createNode(this, config)
    const hub = hubOf(RED, this, config)
    const words = (/** @type {string} */ key, /** @type {Record<string, string>} */ values = {}) =>
      RED._(`acknowledge.says.${key}`, values)

    /**
     * @param {Message} msg
     * @returns {Promise<{ id: string }>} the alert
     * @throws {Error} in words for people
     */
    const take = async (msg) => {
      if (!hub) throw new Error(words('no-hub'))
      const id = alertOf(msg)
      if (id === undefined) throw new Error(words('no-alert'))
      // Not `by`: messages of "aal alert" have that, and a wire from there to here must take nothing.
      const { human } = msg
      if (human !== undefined && (typeof human !== 'string' || !WHO.test(human))) {
        throw new Error(words('bad-human'))
      }
      const address = `/api/alerts/${encodeURIComponent(id)}`
      try {
        const taken = /** @type {{ alert: { id: string } }} */ (
          await hub.link.ask('POST', `${address}/acknowledge`, human === undefined ? {} : { human })
        )
        const text = commentOf(msg['comment'] ?? config['comment'])
        if (text !== '') {
          // It is taken: a note that fails changes nothing of that.
          await hub.link
            .ask('POST', `${address}/comment`, { text })
            .catch((error) => this.warn(words('no-note', { alert: id, why: hub.say(error) })))
        }
        return taken.alert
      } catch (error) {
        if (error instanceof RefusedError && error.reason === 'no-human') {
          throw new Error(words('nobody', { alert: id }), { cause: error })
        }
        throw new Error(words('failed', { alert: id, why: hub.say(error) }), { cause: error })
      }
    }

    this.on('input', (msg, send, done) => {
      void take(msg).then(
        (alert) => {
          this.status({ fill: 'green', shape: 'dot', text: words('done', { alert: alert.id }) })
          send(Object.assign(msg, { payload: alert }))
          done()
        },
        (/** @type {Error} */ error) => {
          this.status({ fill: 'red', shape: 'ring', text: words('failed-short') })
          done(error.message)
        },
      )
    })
  }
}

/**
 * @param {Message} msg
 * @returns {string | undefined} its id
 */
function alertOf({ alert, payload }) {
  if (typeof alert === 'string' && alert !== '') return alert
  if (typeof payload === 'string' && payload !== '') return payload
  if (typeof payload !== 'object' || payload === null || !('id' in payload)) return undefined
  return typeof payload.id === 'string' ? payload.id : undefined
}

/** @param {unknown} comment */
function commentOf(comment) {
  return typeof comment === 'string' ? comment.trim().slice(0, MOST_COMMENT) : ''
}
