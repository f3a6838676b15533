import { MESSAGES, countReadings } from './bench-homes.ts'
import { startBenchHub } from './bench-hub.ts'
import type { BenchHub } from './bench-hub.ts'
import { median, ofRounds } from './figures.ts'
import type { Figure } from './figures.ts'
import type { Phase } from './generator-protocol.ts'
import { progress } from './progress.ts'
import { startGenerator } from './start-generator.ts'
import type { RunningGenerator } from './start-generator.ts'

/** Readings a second of the steady stream: what 10,000 homes send on a lively day, and more. */
const RATE = 2000
/** One of each connection: else ten would come in one read of a hundred connections, and one of ten thousand. */
const TOGETHER = 100

interface Size {
  readonly homes: number
  readonly hub: BenchHub
  readonly generator: RunningGenerator
  sent: number
  readonly steady: number[]
  readonly full: number[]
  readonly rates: number[]
}

/**
 * The same readings over ever more homes, each with a connection of its own, all of them speaking: processor time for
 * each reading, beside a steady stream and at full load. All sizes run at the same time, and are measured by turns.
 */
export async function benchGrowth(quick: boolean): Promise<Figure[]> {
  const sizes: Size[] = []
  try {
    for (const homes of quick ? [100, 1000] : [100, 1000, 10_000]) {
      progress(`connecting ${homes} homes`)
      const hub = await startBenchHub(homes)
      const generator = await startGenerator({ port: hub.port, clients: hub.gateways, messages: MESSAGES })
      const size: Size = { homes, hub, generator, sent: 0, steady: [], full: [], rates: [] }
      sizes.push(size)
      // Every home has said each of its kinds.
      const count = Math.max(20_000, 5 * homes)
      await run(size, { pace: { together: TOGETHER }, warmUp: 0, time: 0, count })
    }
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      for (const size of sizes) {
        progress(`round ${round + 1}, ${size.homes} homes`)
        const time = quick ? 1500 : 5000
        const steady = await run(size, { pace: { together: TOGETHER, rate: RATE }, warmUp: 0, time })
        const full = await run(size, { pace: { together: TOGETHER }, warmUp: 0, time })
        size.steady.push(steady.cost)
        size.full.push(full.cost)
        size.rates.push(full.rate)
      }
    }
    const figures = await figuresOf(sizes)
    for (const { hub, homes, sent } of sizes) {
      await hub.kill('SIGTERM')
      const there = countReadings(hub.data)
      if (there !== sent)
        throw new Error(`The journal of ${homes} homes has ${there} readings, expected ${sent}`)
    }
    return figures
  } finally {
    for (const { hub, generator } of sizes) {
      await generator.stop()
      await hub.stop()
    }
  }
}

async function run(size: Size, phase: Phase): Promise<{ cost: number; rate: number }> {
  const cpu = async (): Promise<number> => {
    const { user, system } = (await size.hub.usage()).cpu
    return user + system
  }
  const before = await cpu()
  const made = await size.generator.run(phase)
  size.sent += made.sent
  return { cost: ((await cpu()) - before) / made.sent, rate: made.counted / made.seconds }
}

async function figuresOf(sizes: readonly Size[]): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { homes, hub, steady, full, rates } of sizes) {
    const figure = (name: string, unit: string, values: readonly number[], note: string): Figure => ({
      name: `growth.${homes}.${name}`,
      ...ofRounds(values),
      unit,
      note,
    })
    const { memory } = await hub.usage(true)
    figures.push(
      figure('steady-cost', 'µs a reading', steady, `processor time of the hub at ${RATE} readings/s`),
      figure('full-cost', 'µs a reading', full, `the same as fast as it goes, ${TOGETHER} under way`),
      figure('rate', 'readings/s', rates, `${homes} connections, ${TOGETHER} under way in all`),
      {
        name: `growth.${homes}.memory`,
        value: memory.rss / 1e6,
        unit: 'MB',
        note: `of the process, all homes connected; ${(memory.heapUsed / 1e6).toFixed(0)} MB of it objects`,
      },
    )
  }
  const [few, many] = [sizes[0], sizes.at(-1)]
  if (!few || !many) return figures
  const ratio = (name: string, key: 'steady' | 'full'): Figure => {
    const each = many[key].map((value, index) => value / (few[key][index] ?? Number.NaN))
    return {
      name: `growth.${name}-of-${many.homes}-to-${few.homes}`,
      value: median(many[key]) / median(few[key]),
      span: [Math.min(...each), Math.max(...each)],
      unit: 'ratio',
      sides: [median(many[key]), median(few[key])],
      aim: { most: 1.3 },
    }
  }
  return [...figures, ratio('steady-cost', 'steady'), ratio('full-cost', 'full')]
}
