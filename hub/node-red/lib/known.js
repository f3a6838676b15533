import { ask } from './request.js'

/**
 * @import { Alert, Transition } from './matches.js'
 *
 * @typedef {Alert & {
 *   severity: string,
 *   test?: true,
 *   area?: string,
 *   homeArea?: string,
 *   raisedBy?: string,
 *   handling: string,
 *   raisedAt: number,
 *   handledBy?: string,
 *   handledAt?: number,
 * }} OpenAlert What `GET /api/alerts` tells of one.
 */

/**
 * The alerts that are open now, as transitions, oldest first: nothing happens here, but whoever begins to listen has
 * heard none of them. However many are open, the hub gives them in one answer.
 * @param {import('./request.js').HubAddress} hub
 * @returns {Promise<Transition[]>}
 * @throws {Error} as `openAnswer`
 */
export async function askKnown(hub) {
  const { alerts } = /** @type {{ alerts: OpenAlert[] }} */ (await ask(hub, 'GET', '/api/alerts'))
  return alerts.toSorted((a, b) => a.raisedAt - b.raisedAt).map(knownOf)
}

/**
 * @param {OpenAlert} alert
 * @returns {Transition}
 */
function knownOf(alert) {
  const { raisedAt, raisedBy = 'hub', handledAt = raisedAt, handledBy = 'hub', severity, test } = alert
  const area = alert.area ?? alert.homeArea
  return {
    ...(alert.handling === 'acknowledged'
      ? { what: 'acknowledged', at: handledAt, by: handledBy }
      : { what: 'raised', at: raisedAt, by: raisedBy }),
    // How it came about then is not in the answer.
    via: 'hub',
    severity,
    ...(test && { test }),
    ...(area !== undefined && { area }),
    alert,
    known: true,
  }
}
