import { parseDuration } from '../../hub/source/duration.ts'
import { hint } from '../../hub/source/parse-yaml.ts'
import { INCIDENTS } from './incident.ts'
import type { IncidentName } from './incident.ts'

/** What somebody lets happen in a simulated home. */
export type Order = { readonly home: string } & (
  | { readonly does: 'incident'; readonly name: IncidentName; readonly lasts?: number }
  | { readonly does: 'battery'; readonly sensor: string; readonly battery: number }
  | { readonly does: 'clock'; readonly by: number }
  | { readonly does: 'end' }
)

/** For people: one line each. */
export const ORDER_HELP: readonly (readonly [string, string])[] = [
  ['fall HOME [DURATION]', `or another of ${INCIDENTS.join(', ')}`],
  ['dropout HOME 10m', 'no link for so long; then the gateway brings what it kept, with its times'],
  ['battery HOME SENSOR 8', 'the battery of a sensor is at so many %'],
  ['clock HOME +3m', "the gateway's clock goes wrong by so much more"],
  ['end HOME', 'whatever goes on there is over'],
]

const WORDS = [...INCIDENTS, 'battery', 'clock', 'end']

/**
 * Reads `fall h-0003`, `fall@h-0003`, `dropout h-0007 10m`, `battery h-0002 hall-door 8`, `clock h-0004 +3m` or `end h-0003`.
 * @param homes their ids; the number alone is enough
 */
export function parseOrder(text: string, homes: readonly string[]): Order | { readonly cannot: string } {
  const [word = '', given = '', ...more] = text.trim().replace('@', ' ').split(/\s+/)
  const cannot = (why: string): { cannot: string } => ({ cannot: `Cannot do "${text.trim()}": ${why}` })
  if (!WORDS.includes(word)) return cannot(`there is no "${word}"${hint(word, WORDS)}`)
  const home =
    homes.find((id) => id === given) ?? (/^\d+$/.test(given) ? homes[Number(given) - 1] : undefined)
  if (home === undefined) return cannot(`expected a home from ${homes[0]} to ${homes.at(-1)}`)

  const [first, second] = more
  switch (word) {
    case 'battery': {
      const battery = Number(second)
      if (first === undefined || !/^\d+$/.test(second ?? '') || battery > 100 || more.length > 2) {
        return cannot('expected a sensor and its battery in %, such as battery 2 front-door 8')
      }
      return { does: 'battery', home, sensor: first, battery }
    }
    case 'clock': {
      const by = parseDuration(first?.replace(/^[+-]/, '') ?? '')
      if (by === undefined || !/^[+-]/.test(first ?? '') || more.length > 1) {
        return cannot('expected how wrong, such as clock 4 +3m, or -2h')
      }
      return { does: 'clock', home, by: first?.startsWith('-') ? -by : by }
    }
    case 'end':
      return more.length > 0 ? cannot('expected nothing after the home') : { does: 'end', home }
    default: {
      const name = INCIDENTS.find((one) => one === word) ?? 'fall'
      if (first === undefined) return { does: 'incident', name, home }
      const lasts = parseDuration(first)
      if (lasts === undefined || lasts === 0 || more.length > 1) {
        return cannot(`expected how long it lasts, such as ${word} ${given} 10m`)
      }
      return { does: 'incident', name, home, lasts }
    }
  }
}
