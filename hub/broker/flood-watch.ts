import type { BrokerLog } from './broker.ts'
import type { Core } from '../core/core.ts'

const NOTICE = 'hub-flood'

/** Says in the stream which gateways send more than any backlog: what their homes say comes late. */
export interface FloodWatch {
  tell(gateway: string, isFlooding: boolean): void
}

export interface FloodWatchParts {
  readonly core: Pick<Core, 'submit' | 'openAlerts'>
  /** Messages a second that are taken then. */
  readonly rate: number
  readonly homeOf: (gateway: string) => string | undefined
  readonly log: BrokerLog
}

export function createFloodWatch({ core, rate, homeOf, log }: FloodWatchParts): FloodWatch {
  for (const { rule, home, scope } of core.openAlerts()) {
    // Who flooded a hub that has ended is heard anew.
    if (rule === NOTICE && home !== undefined) say(home, scope.slice(home.length + 1), false)
  }

  function say(home: string, gateway: string, on: boolean): void {
    const reason = `gateway "${gateway}" sends more than the ${rate} messages a second that are taken of it`
    core.submit(
      [{ type: 'notice', notice: NOTICE, home, gateway, on, ...(on && { reason }) }],
      // What becomes of the stream, the core says itself.
      () => {},
    )
  }

  return {
    tell(gateway, isFlooding) {
      const home = homeOf(gateway)
      if (home !== undefined) say(home, gateway, isFlooding)
      if (!isFlooding) log.info({ gateway, home }, 'a gateway floods no more')
      else
        log.warn(
          { gateway, home, perSecond: rate },
          'a gateway sends more than it may: its messages are taken later',
        )
    },
  }
}
