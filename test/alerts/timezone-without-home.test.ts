import { expect, it } from 'vitest'
import type { Rota } from '../../hub/alerts/rota.ts'
import { timezoneWithoutHome } from '../../hub/alerts/timezone-without-home.ts'

const home = (id: string, timezone: string, area?: string) => ({
  id,
  timezone,
  ...(area !== undefined && { area }),
})
const HOMES = [
  home('h3', 'Asia/Tokyo', 'Alta'),
  home('h1', 'Europe/Helsinki', 'Alta'),
  home('h2', 'Atlantic/Reykjavik'),
]
const ROTA: Rota = { id: 'r', timezone: 'Europe/Oslo', shifts: [], overrides: [], fallback: [] }
const WITH_ROTA = { rotas: new Map([['r', ROTA]]) }
const WITHOUT = { rotas: new Map<string, Rota>() }

it.each([
  ['an area: of its first home by id, whatever the order', 'Alta', HOMES, WITH_ROTA, 'Europe/Helsinki'],
  ['the homes without an area', '', HOMES, WITH_ROTA, 'Atlantic/Reykjavik'],
  ['an area without homes any more: of the rota', 'Vardø', HOMES, WITH_ROTA, 'Europe/Oslo'],
  ['the hub: of the rota', undefined, HOMES, WITH_ROTA, 'Europe/Oslo'],
  ['the hub, without a rota: of the first home', undefined, HOMES, WITHOUT, 'Europe/Helsinki'],
  ['nothing is known', undefined, [], WITHOUT, 'UTC'],
] as const)('the clock of %s', (_of, area, homes, policies, timezone) => {
  expect(timezoneWithoutHome(area, homes, policies)).toBe(timezone)
  expect(timezoneWithoutHome(area, homes.toReversed(), policies)).toBe(timezone)
})
