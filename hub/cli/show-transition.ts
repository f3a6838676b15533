import type { Said } from '../rules/playback.ts'
import { showSeverity } from './print.ts'

/** What a replay says, for scripts. */
export function toJson(said: Said) {
  if (!('to' in said)) {
    const { at, home, score, total, parts, missing, risk } = said
    return { at: new Date(at).toISOString(), home, score, total, parts, missing, risk }
  }
  const { at, home, area, rule, scope, to, severity, detail } = said
  const about = area === undefined ? { home } : { area, homes: detail.homes?.map((one) => one.home) }
  return { at: new Date(at).toISOString(), ...about, rule, scope, to, severity }
}

/** What a replay says, for people. */
export function toLine(said: Said): string {
  const time = `${new Date(said.at).toISOString().replace('T', ' ').slice(0, 19)}Z`
  if (!('to' in said)) {
    const about = said.resident === '' ? said.home : `${said.home}/${said.resident}`
    const lacks = said.missing.length > 0 ? `partial, without ${said.missing.join(', ')}` : ''
    const shown = `${said.total} ${said.risk}`
    return [time, 'score'.padEnd(7), shown.padEnd(13), said.score.padEnd(9), about.padEnd(20), lacks]
      .join('  ')
      .trimEnd()
  }
  const { rule, scope, to, severity, detail } = said
  const { kind, value, sensor, homes } = detail
  const what = kind === undefined ? '' : `${sensor} ${kind} ${value}`
  const because = homes ? `${homes.length} homes: ${homes.map((one) => one.home).join(' ')}` : what
  // Padded by hand: colours have a length, but no width.
  const shown = showSeverity(severity) + ' '.repeat('medium'.length - severity.length)
  return [time, to.padEnd(7), shown, rule.padEnd(16), scope.padEnd(20), because].join('  ').trimEnd()
}
