import { describe, expect, it } from 'vitest'
import { recordFault } from './fault-row.ts'
import { playThroughCrash, playUndisturbed } from './play-stories.ts'
import type { Course } from './play-stories.ts'
import { nameOf, pointsOf, PROMPT_STORIES, TIMED_STORIES } from './story.ts'
import type { Point, Told } from './story.ts'

const undisturbed = { prompt: once(PROMPT_STORIES), timed: once(TIMED_STORIES) }

/** At one hub at once. No more: a person whose phone takes nothing keeps two of the hub's places, the third waits. */
const CRASHES: readonly {
  readonly name: string
  readonly run: () => ReturnType<typeof playUndisturbed>
  readonly points: readonly Point[]
}[] = [
  {
    name: 'what people and sensors do, the odd steps',
    run: undisturbed.prompt,
    points: PROMPT_STORIES.flatMap(pointsOf).filter(({ act }) => act % 2 === 0),
  },
  {
    name: 'what people and sensors do, the even steps',
    run: undisturbed.prompt,
    points: PROMPT_STORIES.flatMap(pointsOf).filter(({ act }) => act % 2 === 1),
  },
  { name: 'what time brings', run: undisturbed.timed, points: TIMED_STORIES.flatMap(pointsOf) },
]

describe.each(CRASHES)('kill -9 between two steps: $name', ({ points, run }) => {
  it(
    'misses nobody, and tells again only what the hub did not know to be sent',
    { timeout: 300_000 },
    async ({ task }) => {
      const [plain, crashed] = await Promise.all([run(), playThroughCrash(points)])
      for (const [story, { came, repeated }] of plain) {
        expect(Object.values(came.told).flat(), story.name).toHaveLength(
          story.acts.flatMap(({ tells }) => tells).length,
        )
        expect(repeated, story.name).toEqual([])
      }
      recordFault(task, {
        fault: 'kill -9 between two steps of telling people',
        times: points.length,
        readings: points.length,
        alarms: points.length,
        lost: points.flatMap((point) =>
          missing(plain.get(point.story)?.came.told, crashed.get(point)?.came.told),
        ).length,
        doubled: 0,
        doubledMessages: points.flatMap((point) => crashed.get(point)?.repeated ?? []).length,
      })
      for (const point of points) {
        const { came, repeated, unlike } = crashed.get(point)!
        expect.soft(came, nameOf(point)).toEqual(plain.get(point.story)?.came)
        expect.soft(repeated.toSorted(), nameOf(point)).toEqual(repeatedAt(point).toSorted())
        expect.soft(unlike, nameOf(point)).toEqual([])
      }
    },
  )
})

/** One message twice, at most: what the provider had when the hub did not know it yet. */
function repeatedAt({ story, act, crash }: Point): string[] {
  if (crash !== 'unrecorded') return []
  const tells = story.acts[act]?.tells ?? []
  const by = (one: Told): string => (one.includes(' by ') ? one : `${one} by first`)
  return tells.map((one) => `2 times ${by(one)}`)
}

/** The run without a crash, for all that are compared with it. */
function once(stories: typeof PROMPT_STORIES): () => ReturnType<typeof playUndisturbed> {
  let run: ReturnType<typeof playUndisturbed> | undefined
  return () => (run ??= playUndisturbed(stories))
}

/** What somebody was told in the one run, and not in the other. */
function missing(plain: Course['told'] = {}, crashed: Course['told'] = {}): string[] {
  return Object.entries(plain).flatMap(([phone, texts]) =>
    texts.filter((text) => crashed[phone]?.includes(text) !== true),
  )
}
