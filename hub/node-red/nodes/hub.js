import { createLink } from '../lib/link.js'
import { RefusedError } from '../lib/request.js'
import { whyOf } from '../lib/why-of.js'

/**
 * @import { NodeApi, NodeConfig, NodeContext, NodeStatus, RedNode } from '../lib/node-red.d.ts'
 * @import { Link } from '../lib/link.js'
 * @import { StreamState } from '../lib/stream.js'
 *
 * @typedef {RedNode & {
 *   link: Link | undefined,
 *   problem: string | undefined,
 *   statusOf(state: StreamState): NodeStatus,
 *   say(error: unknown): string,
 * }} HubNode A hub, shared by the nodes that use it. Without a link `problem` says what is missing.
 */

/**
 * `aal hub`: where a hub is, and the token with which flows use it.
 * @param {NodeApi} RED
 */
export default function registerHub(RED) {
  RED.nodes.registerType('aal-hub', hub, { credentials: { token: { type: 'password' } } })

  /**
   * @this {RedNode}
   * @param {NodeConfig} config
   */
  function hub(config) {
    RED.nodes.createNode(this, config)
    const node = /** @type {HubNode} */ (this)
    const token = String(node.credentials?.['token'] ?? '').trim()
    const url = URL.parse(String(config['url'] ?? '').trim())
    node.say = say
    node.statusOf = statusOf
    if (!url || !/^https?:$/.test(url.protocol)) node.problem = words('no-url')
    else if (token === '') node.problem = words('no-token')
    if (!url || node.problem !== undefined) return

    const link = createLink(
      { url, token, tls: tlsOf(RED.nodes.getNode(config['tls'])) },
      placesIn(node.context(), url.host),
      {
        onState: (state, before) => tell(node, state, before),
        onFault: (error) => node.error(words('fault', { why: whyOf(error) })),
      },
    )
    node.link = link
    // All nodes of the flows are there then, and take what comes.
    const open = () => link.openAll()
    RED.events.on('flows:started', open)
    node.on('close', (_removed, done) => {
      RED.events.off('flows:started', open)
      link.close()
      done()
    })
  }

  /** In Node-RED's log, once for each change. */
  function tell(
    /** @type {HubNode} */ node,
    /** @type {StreamState} */ state,
    /** @type {StreamState} */ before,
  ) {
    if (state.type === 'refused' && before.type !== 'refused') node.warn(refusal(state.status, state.why))
    if (state.type === 'disconnected' && before.type !== 'disconnected')
      node.warn(words('lost', { why: withoutStop(state.why) }))
    if (state.type === 'connected' && before.type !== 'connecting') node.log(words('back'))
  }

  /** @type {HubNode['statusOf']} */
  function statusOf(state) {
    switch (state.type) {
      case 'connecting':
        return { fill: 'yellow', shape: 'ring', text: words('connecting') }
      case 'connected':
        return { fill: 'green', shape: 'dot', text: words('connected') }
      case 'disconnected':
        return { fill: 'red', shape: 'ring', text: words('disconnected', { since: clockOf(state.since) }) }
      case 'refused':
        return {
          fill: 'red',
          shape: 'dot',
          text: words(state.status === 401 ? 'token-refused' : 'not-allowed'),
        }
    }
  }

  /** @type {HubNode['say']} */
  function say(error) {
    if (error instanceof RefusedError) return refusal(error.status, error.message)
    return words('unreachable', { why: whyOf(error) })
  }

  function refusal(/** @type {number} */ status, /** @type {string} */ detail) {
    return status === 401 ? words('unknown-token') : detail
  }

  function words(/** @type {string} */ key, /** @type {Record<string, string>} */ values = {}) {
    return RED._(`hub.says.${key}`, values)
  }
}

/**
 * Where the streams go on. Those of another hub are of no use for this one.
 * @param {NodeContext} context
 * @param {string} host
 * @returns {import('../lib/link.js').Place}
 */
function placesIn(context, host) {
  return {
    get(stream) {
      const place = context.get(stream)
      if (typeof place !== 'object' || place === null || !('host' in place && 'id' in place)) return undefined
      return place.host === host && typeof place.id === 'string' ? place.id : undefined
    },
    set: (stream, id) => context.set(stream, { host, id }),
  }
}

/** Words that stand in a sentence of ours. */
function withoutStop(/** @type {string} */ sentence) {
  return sentence.replace(/\.$/, '')
}

/** What a node `tls-config` of Node-RED says of whom to trust. */
function tlsOf(/** @type {RedNode | null} */ node) {
  /** @type {import('node:https').RequestOptions} */
  const options = {}
  if (node && 'addTLSOptions' in node && typeof node.addTLSOptions === 'function') node.addTLSOptions(options)
  return options
}

/** In the time of Node-RED's machine. */
function clockOf(/** @type {number} */ at) {
  const date = new Date(at)
  const isToday = date.toDateString() === new Date().toDateString()
  const two = (/** @type {number} */ part) => String(part).padStart(2, '0')
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`
  return isToday ? clock : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`
}
