import type { Transition } from '../model/alert.ts'
import { showSeverity } from './print.ts'

/** A transition as a replay tells it to scripts. */
export function toJson({ at, home, rule, scope, to, severity }: Transition) {
  return { at: new Date(at).toISOString(), home, rule, scope, to, severity }
}

/** A transition as a replay tells it to people. */
export function toLine({ at, rule, scope, to, severity, detail }: Transition): string {
  const { kind, value, sensor } = detail
  const because = kind === undefined ? '' : `${sensor} ${kind} ${value}`
  const time = `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)}Z`
  // Padded by hand: colours have a length, but no width.
  const shown = showSeverity(severity) + ' '.repeat('medium'.length - severity.length)
  return [time, to.padEnd(7), shown, rule.padEnd(16), scope.padEnd(20), because].join('  ').trimEnd()
}
