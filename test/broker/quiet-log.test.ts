import { expect, it } from 'vitest'
import { quietLog } from '../../hub/broker/quiet-log.ts'

it('quietLog writes sixty warnings with the same words a minute, and says how many it left out', () => {
  let now = 0
  const lines: [object, string][] = []
  const inner = { info: () => {}, warn: (fields: object, message: string) => lines.push([fields, message]) }
  const log = quietLog(inner, () => now)
  for (let time = 0; time < 1000; time++) log.warn({ from: '192.0.2.1' }, 'connection refused')
  log.warn({}, 'another')
  expect(lines.filter(([, message]) => message === 'connection refused')).toHaveLength(60)
  expect(lines.at(-1)).toEqual([{}, 'another'])
  now = 60_000
  log.warn({ from: '192.0.2.1' }, 'connection refused')
  expect(lines.at(-1)).toEqual([{ from: '192.0.2.1', notLogged: 940 }, 'connection refused'])
  log.warn({}, 'connection refused')
  expect(lines.at(-1)).toEqual([{}, 'connection refused'])
})
