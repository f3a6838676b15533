import { expect, it } from 'vitest'
import type { Arrival, Intake } from '../../hub/broker/intake.ts'
import { sheddingIntake } from '../../hub/broker/shed-readings.ts'
import type { Input } from '../../hub/model/input.ts'

const reading = (kind: string): Input => ({
  type: 'reading',
  reading: { home: 'h1', sensor: 'a', kind, value: true, at: 1, receivedAt: 1 },
})
const undecoded = (alarm: boolean): Input => ({
  type: 'undecoded',
  home: 'h1',
  topic: 't',
  payload: '?',
  reason: 'r',
  alarm,
  receivedAt: 1,
})
const online: Input = { type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' }

const arrival: Arrival = { home: 'h1', topic: 't', rest: 't', payload: new Uint8Array() }

function shed(...inputs: Input[]) {
  const plain: Intake = { inputsOf: () => inputs }
  const { intake, shedding } = sheddingIntake(plain)
  expect(intake.inputsOf(arrival, 1)).toBe(inputs)
  shedding.isOn = true
  return { left: intake.inputsOf(arrival, 1), shedding }
}

it.each(['fall', 'sos', 'smoke', 'gas', 'carbon_monoxide'])(
  'sheddingIntake keeps a message with %s whole',
  (kind) => {
    const inputs = [reading('battery'), reading(kind), undecoded(false)]
    const { left, shedding } = shed(...inputs)
    expect(left).toEqual(inputs)
    expect(shedding.take()).toEqual({})
  },
)

it('sheddingIntake keeps what an alarm sensor said and nobody can read', () => {
  expect(shed(undecoded(true)).left).toEqual([undecoded(true)])
})

it('sheddingIntake leaves out what is no alarm, counts it by home, and keeps what is no reading', () => {
  const { left, shedding } = shed(reading('motion'), reading('battery'), undecoded(false), online)
  expect(left).toEqual([online])
  expect([shedding.total(), shedding.take(), shedding.take()]).toEqual([3, { h1: 3 }, {}])
  expect(shedding.total()).toBe(3)
})
