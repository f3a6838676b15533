import { PassThrough } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { showWork } from '../../hub/cli/show-work.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function screen(isTTY: boolean): { stream: WriteStream; text: () => string } {
  const through = new PassThrough()
  let text = ''
  through.on('data', (part: Buffer) => (text += part.toString()))
  return {
    stream: Object.assign(through, { isTTY, columns: 80 }) as unknown as WriteStream,
    text: () => text,
  }
}

it('showWork: says on a terminal what takes long, for how long already, and leaves nothing there', () => {
  const { stream, text } = screen(true)
  const work = showWork('Importing homes.yaml', stream)
  vi.advanceTimersByTime(900)
  expect(text()).toBe('')
  vi.advanceTimersByTime(5000)
  expect(text()).toContain('Importing homes.yaml … ')
  expect(text()).toMatch(/… [345]s/)
  const shown = text().length
  work.stop()
  expect(text().slice(shown)).not.toContain('Importing')
  vi.advanceTimersByTime(5000)
  expect(vi.getTimerCount()).toBe(0)
})

it.each([
  ['of work that is over soon', true, 500],
  ['where nobody sees it', false, 5000],
])('showWork: says nothing %s', (_name, isTTY, ms) => {
  const { stream, text } = screen(isTTY)
  const work = showWork('Importing homes.yaml', stream)
  vi.advanceTimersByTime(ms)
  work.stop()
  vi.advanceTimersByTime(5000)
  expect(text()).toBe('')
})
