import type { ContactPhones, StoryHome } from './story-home.ts'

/** Who has a phone, or who by which channel of the route: `anne`, `anne by second`. */
export type Told = keyof ContactPhones | `${keyof ContactPhones} by ${string}`

/** Something that happens outside the hub, or that time brings, and whom the hub tells then. */
export interface Act {
  readonly name: string
  /**
   * What the outside does: a packet, a call. Rejects when the hub does not say that it has it. `again`: the hub did not
   * say so before. Not given: nothing but time does it.
   */
  readonly does?: (home: StoryHome, again: boolean) => Promise<unknown>
  /** Milliseconds after the act before it at which the hub tells them; at once when not given. */
  readonly after?: number
  /** Whom the hub tells then, in any order. */
  readonly tells: readonly Told[]
  /** Where a crash would be no other one than in another story. */
  readonly spared?: true
}

/** One alert's way to people, or another message's, one act after another. */
export interface Story {
  readonly name: string
  readonly acts: readonly Act[]
  /** Messages of which nobody tells that they were delivered: the hub may wait for that. */
  readonly unreported?: readonly Told[]
}

/** Where a crash falls: seen from an act and what the hub does then. */
export const CRASHES = {
  unread: 'before the hub has read it',
  unheard: 'when it is kept, and nobody was told so',
  waiting: 'while the time for it is awaited',
  unsent: 'when the message is kept, and was not sent',
  unrecorded: 'between "the provider has it" and "the hub knows that"',
  recorded: 'when it is sent, and that is recorded',
} as const
export type Crash = keyof typeof CRASHES

export interface Point {
  readonly story: Story
  readonly act: number
  readonly crash: Crash
}

/** Every place where a crash can fall: a story with one act more has its points more. */
export function pointsOf(story: Story): Point[] {
  return story.acts.flatMap(({ does, tells, after, spared }, act) => {
    if (spared) return []
    const crashes: Crash[] = [
      ...(does ? (['unread', 'unheard'] as const) : []),
      ...(after === undefined ? [] : (['waiting'] as const)),
      ...(tells.length > 0 ? (['unsent', 'unrecorded', 'recorded'] as const) : []),
    ]
    return crashes.map((crash) => ({ story, act, crash }))
  })
}

export function nameOf({ story, act, crash }: Point): string {
  return `${story.name}: ${story.acts[act]?.name}: ${CRASHES[crash]}`
}

const resolves: Act = {
  name: 'resolved at the board',
  does: (home) => home.resolve(),
  tells: ['anne', 'berit', 'siv'],
}

/** Nothing in these waits for time: the policy leaves everybody an hour. */
export const PROMPT_STORIES: readonly Story[] = [
  {
    name: 'from the fall to its end',
    acts: [
      { name: 'a fall', does: (home, again) => home.say('fall', 'detected', again), tells: ['anne'] },
      { name: '"cannot" of the first', does: (home) => home.answers('anne', '2'), tells: ['anne', 'berit'] },
      { name: '"cannot" of the second', does: (home) => home.answers('berit', '2'), tells: ['berit', 'siv'] },
      {
        name: 'the care centre takes it',
        does: (home) => home.answers('siv', '1'),
        tells: ['siv', 'anne', 'berit'],
      },
      resolves,
    ],
  },
  {
    name: 'a delivery report',
    unreported: ['anne'],
    acts: [
      {
        name: 'a fall',
        does: (home, again) => home.say('fall', 'detected', again),
        tells: ['anne'],
        spared: true,
      },
      { name: 'its delivery is reported', does: (home) => home.reports('anne'), tells: [] },
      { name: 'the first takes it', does: (home) => home.answers('anne', '1'), tells: ['anne'] },
      { name: 'resolved at the board', does: (home) => home.resolve(), tells: ['anne'], spared: true },
    ],
  },
  {
    name: 'STOP',
    acts: [
      {
        name: 'a fall',
        does: (home, again) => home.say('fall', 'detected', again),
        tells: ['anne'],
        spared: true,
      },
      { name: 'STOP of the first', does: (home) => home.writes('anne', 'STOP'), tells: ['anne', 'berit'] },
      {
        name: 'the second takes it',
        does: (home) => home.answers('berit', '1'),
        tells: ['berit'],
        spared: true,
      },
      { name: 'resolved at the board', does: (home) => home.resolve(), tells: ['berit'], spared: true },
    ],
  },
  {
    name: 'a one-time code',
    acts: [
      {
        name: 'a fall',
        does: (home, again) => home.say('fall', 'detected', again),
        tells: ['anne'],
        spared: true,
      },
      { name: 'a code is asked for', does: (home) => home.asksForCode('anne'), tells: ['anne'] },
      { name: 'signed in with it', does: (home) => home.signsIn('anne'), tells: [], spared: true },
      {
        name: 'the first takes it',
        does: (home) => home.answers('anne', '1'),
        tells: ['anne'],
        spared: true,
      },
    ],
  },
]

/** How long the hub waits in the stories below, ms: as short as settings allow. */
export const REPORT_WITHIN = 10_000
export const STEP_WAIT = 15_000
const GATHERED_FOR = 10_000

/** What time brings. */
export const TIMED_STORIES: readonly Story[] = [
  {
    name: 'no report of a delivery',
    unreported: ['anne by first'],
    acts: [
      {
        name: 'a call for help',
        does: (home, again) => home.say('sos', 'pressed', again),
        tells: ['anne by first'],
        spared: true,
      },
      { name: 'the time for the report is over', after: REPORT_WITHIN, tells: ['anne by second'] },
      {
        name: 'the first takes it',
        does: (home) => home.answers('anne', '1'),
        tells: ['anne by first'],
        spared: true,
      },
    ],
  },
  {
    name: 'nobody answers',
    acts: [
      {
        name: 'a fall',
        does: (home, again) => home.say('fall', 'detected', again),
        tells: ['anne by first'],
        spared: true,
      },
      { name: 'the second step is due', after: STEP_WAIT, tells: ['berit by first'] },
      {
        name: 'the first takes it',
        does: (home) => home.answers('anne', '1'),
        tells: ['anne by first', 'berit by first'],
        spared: true,
      },
    ],
  },
  {
    name: 'technical alerts together',
    acts: [
      {
        name: 'two sensors are weak',
        does: (home, again) => home.say('battery', 1, again).then(() => home.say('link', 1, again)),
        tells: [],
      },
      { name: 'they are told in one message', after: GATHERED_FOR, tells: ['anne by first'] },
      {
        name: 'the first takes them',
        does: (home) => home.answers('anne', '1'),
        tells: ['anne by first'],
        spared: true,
      },
    ],
  },
]
