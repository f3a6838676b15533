import { beforeEach, describe, expect, it } from 'vitest'
import { createBoardWatch } from '../../hub/http/board-watch.ts'
import type { BoardWatch } from '../../hub/http/board-watch.ts'
import type { Input } from '../../hub/model/input.ts'
import type { Areas } from '../../hub/model/person.ts'

let now: number
let areas: Areas
let said: Areas[]

beforeEach(() => {
  now = 1_000_000
  areas = []
  said = []
})

function start(): BoardWatch {
  return createBoardWatch({
    now: () => now,
    watchedAreas: () => areas,
    take: async (input: Input) => {
      if (input.type !== 'boards') throw new Error('only boards are told')
      areas = input.areas
      said.push(areas)
      return { taken: true, seq: said.length }
    },
  })
}

describe('createBoardWatch', () => {
  it('says at once that a board is open, and after half a minute that none is any more', async () => {
    const watch = start()
    await watch.look(['all'])
    expect(said).toEqual(['all'])
    now += 25_000
    await watch.look(['all'])
    now += 29_999
    await watch.look([])
    expect(said).toEqual(['all'])
    now += 1
    await watch.look([])
    expect(said).toEqual(['all', []])
  })

  it('says nothing of a board that is back within half a minute', async () => {
    const watch = start()
    await watch.look(['all'])
    for (let moment = 0; moment < 20; moment++) {
      now += 20_000
      await watch.look(moment % 2 === 0 ? [] : ['all'])
    }
    expect(said).toEqual(['all'])
  })

  it('says nothing of a restart of the hub from which the board comes back', async () => {
    areas = ['north']
    const watch = start()
    await watch.look([])
    now += 5_000
    await watch.look([['north']])
    now += 25_000
    await watch.look([['north']])
    expect(said).toEqual([])
  })

  it('says so when nobody comes back after a restart', async () => {
    areas = 'all'
    const watch = start()
    now += 30_000
    await watch.look([])
    expect(said).toEqual([[]])
  })

  it('says the areas of all boards together, and which are left when one closes', async () => {
    const watch = start()
    await watch.look([
      ['north', ''],
      ['south', 'north'],
    ])
    await watch.look(['all', ['north']])
    now += 30_000
    await watch.look([['north']])
    expect(said).toEqual([['', 'north', 'south'], 'all', ['north']])
  })

  it('says nothing where nobody ever opened one', async () => {
    const watch = start()
    for (let moment = 0; moment < 5; moment++) {
      now += 30_000
      await watch.look([])
    }
    expect(said).toEqual([])
  })
})
