import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { correctHistory } from '../../hub/office/correct-history.ts'
import { openHistory } from '../../hub/open-history.ts'
import { pointTime } from '../../hub/history/points.ts'
import type { Point } from '../../hub/history/points.ts'
import { influxSchema } from '../../hub/settings/influx-settings.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import type { Influxd } from '../helpers/influxd.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'

const BACKUP = Date.UTC(2026, 10, 22, 2, 30)
const HOUR = 3_600_000
const NOW = BACKUP + 6 * HOUR

/** A change of an alert, as the follower wrote it before the disk broke. */
function change(seq: number, at: number, alert: string, what: string, handling: string): Point {
  const [rule = '', home = ''] = alert.split(' ')
  return {
    measurement: 'alert',
    tags: { home, rule, severity: 'high', category: 'safety', what },
    fields: {
      value: 1,
      alert,
      scope: home,
      at,
      raised: at,
      open: handling === 'resolved' ? 0 : 1,
      handling,
      condition: 'active',
      level: 'high',
    },
    time: pointTime(at, seq),
    seq,
  }
}

describe.skipIf(serverMissing('influxd'))('correctHistory', () => {
  let influxd: Influxd
  beforeAll(async () => {
    influxd = await startInfluxd()
  })
  afterAll(() => influxd.stop())

  const log = { info() {}, warn() {} }

  async function lastOf(database: string): Promise<Record<string, string>> {
    const found = await influxd.query(
      database,
      'SELECT "alert", "open", "handling", "what" FROM "alert" ORDER BY time DESC',
    )
    const rows = found[0]?.values ?? []
    const last = new Map<string, string>()
    for (const [, alert, open, handling, what] of rows) {
      if (!last.has(String(alert))) last.set(String(alert), `${open} ${handling} ${what}`)
    }
    return Object.fromEntries(last)
  }

  it('closes what the restored hub has never heard of, and opens what it has open again; when InfluxDB answers', async () => {
    const history = await openHistory(influxSchema.parse({ url: influxd.url }), { log })
    const writer = history.openWriter()
    await writer.write([
      change(1, BACKUP - HOUR, 'fall h-1', 'raised', 'new'),
      change(2, BACKUP - HOUR, 'sos h-2', 'raised', 'new'),
      // Of what follows the hub knows nothing any more.
      change(3, BACKUP + HOUR, 'fall h-1', 'resolved', 'resolved'),
      change(4, BACKUP + HOUR, 'smoke h-3', 'raised', 'new'),
      change(5, BACKUP + HOUR, 'gas h-4', 'raised', 'new'),
      change(6, BACKUP + 2 * HOUR, 'gas h-4', 'resolved', 'resolved'),
    ])
    const known = new Map([
      ['fall h-1', { handling: 'acknowledged' as const }],
      ['sos h-2', { handling: 'new' as const }],
    ])
    let [done, tries] = [0, 0]
    const waits: number[] = []
    const job = correctHistory({
      since: BACKUP,
      done: () => done++,
      shownSince: async (from) => {
        tries++
        if (tries === 1) return { ok: false, message: 'connect ECONNREFUSED' }
        return await history.shownSince(from)
      },
      writer,
      alert: (id) => known.get(id),
      now: () => NOW,
      later(call, ms) {
        waits.push(ms)
        setImmediate(call)
        return () => {}
      },
      log,
    })
    await waitFor('the correction', () => done === 1)
    expect(waits).toEqual([60_000])
    expect(await lastOf('aal')).toEqual({
      'fall h-1': '1 acknowledged restored',
      'sos h-2': '1 new raised',
      'smoke h-3': '0 resolved lost',
      'gas h-4': '0 resolved resolved',
    })
    // It agrees now: nothing more is to be said.
    const again = await history.shownSince(BACKUP)
    expect(again.ok && again.value.filter(({ isOpen }) => isOpen).map(({ alert }) => alert)).toEqual([
      'fall h-1',
    ])
    job.stop()
    history.close()
  })

  it('asks nothing where the hub was not restored', () => {
    let closed = 0
    correctHistory({
      since: undefined,
      done: () => expect.fail('done'),
      shownSince: () => expect.fail('asked'),
      writer: { write: () => expect.fail('written'), close: () => closed++ },
      alert: () => undefined,
      now: () => NOW,
      later: () => expect.fail('waits'),
      log,
    }).stop()
    expect(closed).toBe(1)
  })
})
