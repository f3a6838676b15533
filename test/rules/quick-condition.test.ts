import { Environment } from '@marcbachmann/cel-js'
import { assert, constantFrom, double, letrec, oneof, property, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileCondition } from '../../hub/rules/condition.ts'
import { quickCondition } from '../../hub/rules/quick-condition.ts'
import type { Param, Scene } from '../../hub/rules/rule.ts'

const PARAMS: Readonly<Record<string, Param>> = {
  limit: { type: 'number', default: 90 },
  wait: { type: 'duration', default: 60_000 },
}

function compile(text: string, kind: string, isQuick: boolean) {
  const compiled = compileCondition(text, { kind }, PARAMS, 'home', isQuick)
  if (!compiled.ok) throw new Error(compiled.messages.join('\n'))
  return compiled.condition
}

const answer = (condition: (scene: Scene) => boolean, scene: Scene): unknown => {
  try {
    return condition(scene)
  } catch {
    return 'not known'
  }
}

const number = oneof(
  constantFrom('value', 'params.limit', '0', '90', '90.5', '2', '-3.0'),
  tuple(
    constantFrom('value', 'params.limit'),
    constantFrom('+', '-', '*'),
    constantFrom('2', '0.5', 'params.limit'),
  ).map((parts) => parts.join(' ')),
)
const compared = oneof(
  tuple(number, constantFrom('<', '<=', '>', '>=', '==', '!='), number).map(
    ([left, op, right]) => `(${left}) ${op} (${right})`,
  ),
  tuple(
    constantFrom('room', 'role', 'sensor', '"hall"'),
    constantFrom('==', '!='),
    constantFrom('room', '"hall"', '""'),
  ).map((parts) => parts.join(' ')),
  constantFrom(
    'room in ["hall", "bath"]',
    'params.wait > duration("30s")',
    'local.hour >= 0',
    'true',
    'false',
  ),
)
const { condition } = letrec<{ condition: string }>((tie) => ({
  condition: oneof(
    { depthSize: 'small', withCrossShrink: true },
    compared,
    tie('condition').map((of) => `!(${of})`),
    tuple(tie('condition'), constantFrom('&&', '||'), tie('condition')).map(
      ([left, op, right]) => `(${left} ${op} ${right})`,
    ),
  ),
}))

describe('quickCondition', () => {
  it('says what CEL says, of any condition and reading', () => {
    const value = oneof(constantFrom(0, -0, 90, 92, NaN, Infinity), double())
    const word = constantFrom('hall', 'bath', '')
    assert(
      property(condition, value, constantFrom(90, 90.5, -2), word, word, (text, v, limit, room, role) => {
        const scene = {
          value: v,
          kind: 'weight',
          role,
          room,
          sensor: 'hall',
          home: 'h1',
          resident: '',
          params: { limit, wait: 60_000 },
          past: undefined,
          local: undefined,
        } as unknown as Scene
        const expected = answer(compile(text, 'weight', false), scene)
        expect(answer(compile(text, 'weight', true), scene), text).toEqual(expected)
      }),
      { numRuns: 400 },
    )
  })

  it.each([
    ['value < params.limit - 10', true],
    ['value == 79 && room in ["hall", "bath"]', true],
    ['!(value > 80.5) || local.hour > 3', true],
    ['value > 80 && local.hour > 3', false],
    ['local.hour > 3', undefined],
    ['value < 80 && local.hour > 3', undefined],
    ['params.wait > 30', undefined],
  ])('says of `%s` what it can without CEL: %s', (text, expected) => {
    const { ast } = new Environment({ unlistedVariablesAreDyn: true }).parse(text)
    const scene = { value: 79, room: 'hall', params: { limit: 90, wait: 60_000 } } as unknown as Scene
    expect(quickCondition(ast, new Set(['limit']))?.(scene)).toBe(expected)
  })

  it('asks CEL for what a reading does not bring', () => {
    const isLong = compile('value > 1 && params.wait > duration("30s")', 'weight', true)
    const scene = {
      value: 2,
      home: 'h1',
      resident: '',
      params: { limit: 1, wait: 60_000 },
    } as unknown as Scene
    expect(isLong(scene)).toBe(true)
    expect(isLong({ ...scene, params: { limit: 1, wait: 1000 } })).toBe(false)
  })
})
