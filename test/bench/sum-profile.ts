/** What V8's profiler writes: https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  /** Ids of nodes, and the time before each, µs. */
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}

export interface ProfilePart {
  readonly part: string
  /** From 0 to 1, of all the time of the thread. */
  readonly share: number
  /** The functions that have most of it. */
  readonly most: readonly { readonly name: string; readonly share: number }[]
}

/** Beginning and ending the profile: no time of the hub. */
const PROFILER = 'the profiler'

/** The first that fits the place of the code. Native functions are counted where they were called. */
const PARTS: readonly (readonly [part: string, pattern: RegExp])[] = [
  [PROFILER, /^node:inspector|test\/bench\/probe/],
  [
    'MQTT (aedes, mqtt-packet)',
    /node_modules\/(aedes|mqtt-packet|mqemitter|bl|fastparallel|fastseries|reusify|retimer|qlobber)/,
  ],
  ['SQLite and rows', /hub\/database\//],
  ['decode', /hub\/(decode|broker\/intake)/],
  ['rules', /hub\/rules\//],
  ['alerts', /hub\/alerts\//],
  ['broker (access, limits)', /hub\/broker\//],
  ['core', /hub\/core\//],
  ['followers (live, history, metrics)', /hub\/(http|history|threads|metrics|notify|office)|prom-client/],
  ['the rest of the hub', /hub\//],
  ['other packages', /node_modules/],
  ['sockets, streams, timers of Node', /^node:/],
]

const NATIVE = 'native code outside of JavaScript'
const SPECIAL: ReadonlyMap<string, string> = new Map([
  ['(idle)', 'idle'],
  ['(garbage collector)', 'garbage collection'],
  ['(program)', NATIVE],
  ['(root)', NATIVE],
])
/** These have no functions to name. */
const UNNAMED: ReadonlySet<string> = new Set(SPECIAL.values())

/** Self time by part, the largest first. */
export function sumProfile({ nodes, samples, timeDeltas }: CpuProfile): ProfilePart[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parentOf = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
  const placed = new Map<number, { part: string; name: string }>()
  const times = new Map<string, Map<string, number>>()
  let all = 0
  samples.forEach((id, index) => {
    const time = timeDeltas[index] ?? 0
    const { part, name } = placed.get(id) ?? place(id)
    placed.set(id, { part, name })
    if (part === PROFILER) return
    const own = times.get(part) ?? new Map<string, number>()
    own.set(name, (own.get(name) ?? 0) + time)
    times.set(part, own)
    all += time
  })
  const parts = [...times].map(([part, own]): ProfilePart => {
    const share = [...own.values()].reduce((sum, time) => sum + time, 0) / all
    const most = [...own]
      .toSorted(([, one], [, other]) => other - one)
      .slice(0, UNNAMED.has(part) ? 0 : 4)
      .map(([name, time]) => ({ name, share: time / all }))
    return { part, share, most }
  })
  return parts.toSorted((one, other) => other.share - one.share)

  function place(id: number): { part: string; name: string } {
    const functionName = byId.get(id)?.callFrame.functionName ?? ''
    const special = SPECIAL.get(functionName)
    if (special !== undefined) return { part: special, name: functionName }
    const name = functionName === '' ? 'anonymous' : functionName
    let at: number | undefined = id
    while (at !== undefined) {
      const url = byId.get(at)?.callFrame.url ?? ''
      const part = url === '' ? undefined : PARTS.find(([, pattern]) => pattern.test(url))?.[0]
      if (part !== undefined) return { part, name: at === id ? name : `${name} (native)` }
      at = parentOf.get(at)
    }
    return { part: NATIVE, name }
  }
}
