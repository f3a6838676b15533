import { isDeepStrictEqual } from 'node:util'
import type { Core } from '../core/core.ts'
import type { Areas } from '../model/person.ts'

/** A board that is back within this time was never away: a page that is loaded anew, a hub that starts again. ms */
const GRACE = 30_000

/** Tells the stream for which areas people have a board open (docs/decisions/0019-no-board.md). */
export interface BoardWatch {
  /** @param open the areas of each board that is open now, and whose reader may act */
  look(open: readonly Areas[]): Promise<void>
}

export function createBoardWatch(core: Pick<Core, 'now' | 'take' | 'watchedAreas'>): BoardWatch {
  /** When each area was last seen to be watched; `all` apart, which is no area's name here. */
  const seenAt = new Map<string | typeof ALL, number>()
  // What the stream was told before the hub stopped holds until nobody has come back.
  for (const key of keysOf(core.watchedAreas())) seenAt.set(key, core.now())

  return {
    async look(open) {
      const now = core.now()
      for (const key of open.flatMap(keysOf)) seenAt.set(key, now)
      for (const [key, at] of seenAt) if (now - at >= GRACE) seenAt.delete(key)
      const areas = areasOf([...seenAt.keys()])
      if (isDeepStrictEqual(areas, core.watchedAreas())) return
      await core.take({ type: 'boards', areas })
    },
  }
}

const ALL = Symbol('all areas')

function keysOf(areas: Areas): readonly (string | typeof ALL)[] {
  return areas === 'all' ? [ALL] : areas
}

function areasOf(keys: readonly (string | typeof ALL)[]): Areas {
  if (keys.includes(ALL)) return 'all'
  return keys.filter((key) => key !== ALL).toSorted()
}
