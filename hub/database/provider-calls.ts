import type { DatabaseSync } from 'node:sqlite'

/** Which calls of providers were taken (`TakenCalls` of `notify/take-once.ts`): hashes, each until its time. */
export function createProviderCalls(db: DatabaseSync) {
  const find = db.prepare('SELECT 1 FROM provider_call WHERE call = ? AND until > ?')
  const put = db.prepare(
    'INSERT INTO provider_call (call, until) VALUES (?, ?) ON CONFLICT (call) DO UPDATE SET until = excluded.until',
  )
  const forget = db.prepare('DELETE FROM provider_call WHERE until <= ?')
  return {
    has: (call: Buffer, now: number): boolean => find.get(call, now) !== undefined,
    keep(call: Buffer, until: number, now: number): void {
      forget.run(now)
      put.run(call, until)
    },
  }
}
