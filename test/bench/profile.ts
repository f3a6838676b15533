import { readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { MESSAGES } from './bench-homes.ts'
import { startBenchHub } from './bench-hub.ts'
import type { Figure } from './figures.ts'
import { progress } from './progress.ts'
import { startGenerator } from './start-generator.ts'
import { sumProfile } from './sum-profile.ts'
import type { CpuProfile } from './sum-profile.ts'

/** Shares below this are not worth a line, %. */
const LEAST = 0.5

/** Where the time of the hub's threads goes at full load, by sampling (V8's profiler, each 0.5 ms). */
export async function benchProfile(quick: boolean): Promise<Figure[]> {
  const hub = await startBenchHub(50)
  const generator = await startGenerator({ port: hub.port, clients: hub.gateways, messages: MESSAGES })
  try {
    progress('warming up')
    await generator.run({ pace: { each: 20 }, warmUp: 0, time: quick ? 1500 : 5000 })
    progress('profiling')
    await hub.startProfile()
    const made = await generator.run({ pace: { each: 20 }, warmUp: 0, time: quick ? 3000 : 10_000 })
    const path = await hub.endProfile()
    const rate = made.counted / made.seconds
    const figures: Figure[] = []
    for (const file of readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)))) {
      const thread = Number(file.slice(basename(path).length + 1))
      const parts = sumProfile(JSON.parse(readFileSync(join(dirname(path), file), 'utf8')) as CpuProfile)
      const idle = parts.find(({ part }) => part === 'idle')?.share ?? 0
      // A thread that only waits.
      if (thread !== 0 && idle > 0.98) continue
      for (const { part, share, most } of parts) {
        if (share * 100 < LEAST) continue
        figures.push({
          name: `profile.${thread === 0 ? 'main' : `thread-${thread}`}.${part}`,
          value: share * 100,
          unit: '%',
          note: most.map(({ name, share: own }) => `${name} ${(own * 100).toFixed(1)} %`).join(', '),
        })
      }
    }
    const rateNote = '50 connections, 20 under way each, while being profiled'
    return [...figures, { name: 'profile.rate', value: rate, unit: 'readings/s', note: rateNote }]
  } finally {
    await generator.stop()
    await hub.stop()
  }
}
