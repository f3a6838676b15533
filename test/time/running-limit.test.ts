import { expect, it } from 'vitest'
import { runningLimit } from '../../hub/time/running-limit.ts'

function timers() {
  const waiting: { readonly call: () => void; readonly ms: number }[] = []
  const later = (call: () => void, ms: number): (() => void) => {
    const one = { call, ms }
    waiting.push(one)
    return () => void waiting.splice(waiting.indexOf(one), 1)
  }
  return { waiting, later, fire: () => waiting.shift()?.call() }
}

it('is over after its time, the last moment of which begins when the process runs', () => {
  const { waiting, later, fire } = timers()
  let calls = 0
  runningLimit(later, () => calls++, 8000)
  expect(waiting.map(({ ms }) => ms)).toEqual([7750])
  fire()
  expect(calls).toBe(0)
  expect(waiting.map(({ ms }) => ms)).toEqual([250])
  fire()
  expect(calls).toBe(1)
})

it('can be called off in both parts, and may be shorter than the last moment', () => {
  const { waiting, later, fire } = timers()
  runningLimit(later, () => {}, 8000)()
  expect(waiting).toEqual([])
  const callOff = runningLimit(later, () => {}, 20)
  fire()
  expect(waiting.map(({ ms }) => ms)).toEqual([20])
  callOff()
  expect(waiting).toEqual([])
})
