import type { Home } from '../model/home.ts'
import { newHome } from './register-home.ts'
import { rowKey } from './state.ts'
import type { HomeState, World } from './state.ts'

/** What of a home is named by a rule or a track, and what it is about. */
const SCOPED = ['absent', 'findings', 'cooldowns', 'confirms', 'times', 'tracks'] as const

/** A home was erased: nothing that was learned of it counts, and its rows go. Timers that still come find nothing. */
export function forgetHome(world: World, home: Home): void {
  world.homes.set(home.id, newHome(home))
  for (const key of world.changed.keys()) if (isRowOf(key, home.id)) world.changed.set(key, null)
  world.changed.set(rowKey.watched(home.id), null)
}

/** Residents and sensors of a home were erased: what was learned of them goes. */
export function forgetParts(world: World, state: HomeState, parts: readonly string[]): void {
  const { id } = state.home
  const scopes = new Set(parts.map((part) => `${id}/${part}`))
  for (const name of SCOPED) {
    const map: { keys(): Iterable<string>; delete(key: string): boolean } = state[name]
    for (const key of map.keys()) if (scopes.has(key.split('|')[1] ?? '')) map.delete(key)
  }
  for (const key of world.changed.keys()) if (isRowOf(key, id, parts)) world.changed.set(key, null)
}

/**
 * Whether a row of the state is about a home; or, with `parts`, about one of its residents or sensors. Keys are as
 * `rowKey` makes them: names and ids with `|` between, a part of a home as `home/part`.
 */
export function isRowOf(key: string, home: string, parts?: readonly string[]): boolean {
  const words = key.split('|').slice(1)
  if (parts === undefined) return words.some((word) => word === home || word.startsWith(`${home}/`))
  return (
    words.some((word) => parts.some((part) => word === `${home}/${part}`)) ||
    (words.includes(home) && parts.some((part) => words.includes(part)))
  )
}
