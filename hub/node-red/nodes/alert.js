import { tellGap } from '../lib/gap.js'
import { hubOf } from '../lib/hub-of.js'
import { listOf } from '../lib/list-of.js'
import { wantsTransition } from '../lib/matches.js'

/**
 * @import { NodeApi, NodeConfig, RedNode } from '../lib/node-red.d.ts'
 * @import { AlertFilter, Transition } from '../lib/matches.js'
 */

/** What a node lets through that was made without saying so. */
const USUAL_EVENTS = ['raised', 'reopened', 'counted', 'acknowledged', 'resolved']

/**
 * `aal alert`: a message for each thing that happens to an alert; and, where it begins to listen, for each that is open.
 * @param {NodeApi} RED
 */
export default function registerAlert(RED) {
  RED.nodes.registerType('aal-alert', alert)

  /**
   * @this {RedNode}
   * @param {NodeConfig} config
   */
  function alert(config) {
    RED.nodes.createNode(this, config)
    const hub = hubOf(RED, this, config)
    if (!hub) return
    const filter = filterOf(config)
    const context = this.context()
    const stop = hub.link.listen('transitions', {
      filter: {},
      onState: (state) => this.status(hub.statusOf(state)),
      onEvent: ({ type, data }) => {
        if (type === 'gap') return tellGap(RED, this, 'alert', data)
        if (type !== 'transition') return
        /** @type {Transition} */
        const transition = JSON.parse(data)
        if (wantsTransition(filter, transition)) this.send(messageOf(transition))
      },
      // As lasting as what flows keep: whoever forgets that a lamp is on is told so again.
      isNew: () => context.get('begun') !== hub.id,
      onKnown: (open) => {
        context.set('begun', hub.id)
        for (const one of open) if (wantsTransition(filter, one)) this.send(messageOf(one))
      },
    })
    this.on('close', (_removed, done) => {
      stop()
      done()
    })
  }
}

/**
 * @param {NodeConfig} config
 * @returns {AlertFilter}
 */
function filterOf({ events, homes, areas, rules, categories, atLeast, tests }) {
  return {
    events: Array.isArray(events) ? events.map(String) : USUAL_EVENTS,
    homes: listOf(homes),
    areas: listOf(areas),
    rules: listOf(rules),
    categories: Array.isArray(categories) ? categories.map(String) : [],
    atLeast: String(atLeast ?? ''),
    tests: tests === 'with' || tests === 'only' ? tests : 'without',
  }
}

/** @param {Transition} transition */
function messageOf({ what, at, by, via, severity, test, area, alert, known }) {
  return {
    topic: `${alert.home ?? area ?? 'hub'}/${alert.rule}`,
    payload: alert,
    event: what,
    at,
    by,
    via,
    severity,
    test: test === true,
    ...(area !== undefined && { area }),
    ...(known && { known }),
  }
}
