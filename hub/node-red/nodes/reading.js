import { tellGap } from '../lib/gap.js'
import { hubOf } from '../lib/hub-of.js'
import { listOf } from '../lib/list-of.js'
import { wantsReading } from '../lib/matches.js'

/**
 * @import { NodeApi, NodeConfig, RedNode } from '../lib/node-red.d.ts'
 * @import { Reading } from '../lib/matches.js'
 */

/**
 * `aal reading`: a message for each reading that the hub has taken.
 * @param {NodeApi} RED
 */
export default function registerReading(RED) {
  RED.nodes.registerType('aal-reading', reading)

  /**
   * @this {RedNode}
   * @param {NodeConfig} config
   */
  function reading(config) {
    RED.nodes.createNode(this, config)
    const hub = hubOf(RED, this, config)
    if (!hub) return
    const filter = {
      homes: listOf(config['homes']),
      areas: listOf(config['areas']),
      sensors: listOf(config['sensors']),
      kinds: listOf(config['kinds']),
    }
    const stop = hub.link.listen('readings', {
      filter,
      onState: (state) => this.status(hub.statusOf(state)),
      onEvent: ({ type, data }) => {
        if (type === 'gap') return tellGap(RED, this, 'reading', data)
        if (type !== 'reading') return
        /** @type {Reading} */
        const taken = JSON.parse(data)
        if (wantsReading(filter, taken)) this.send(messageOf(taken))
      },
    })
    this.on('close', (_removed, done) => {
      stop()
      done()
    })
  }
}

/** @param {Reading} reading */
function messageOf(reading) {
  return { topic: `${reading.home}/${reading.sensor}/${reading.kind}`, payload: reading.value, reading }
}
