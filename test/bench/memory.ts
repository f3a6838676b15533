import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Figure } from './figures.ts'

/** Heap of the core for each home with the shipped rules, after a day of mixed readings. */
export async function benchMemory(quick: boolean): Promise<Figure[]> {
  const homes = quick ? 2000 : 10_000
  const each = 100
  const file = fileURLToPath(new URL('./memory-child.ts', import.meta.url))
  const args = ['--expose-gc', file, String(homes), String(each)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const { before, registered, after, open } = JSON.parse(stdout) as {
    before: number
    registered: number
    after: number
    open: number
  }
  const note = `${homes.toLocaleString('en')} homes with 9 sensors, ${each} readings each; ${open} open alerts`
  return [
    {
      name: 'memory.home-registered',
      value: (registered - before) / homes / 1000,
      unit: 'kB',
      note: 'nothing heard yet',
    },
    { name: 'memory.home-after-a-day', value: (after - before) / homes / 1000, unit: 'kB', note },
  ]
}
