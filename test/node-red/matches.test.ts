import { describe, expect, it } from 'vitest'
import { queryFor, wantsReading, wantsTransition } from '../../hub/node-red/lib/matches.js'
import type { AlertFilter, Transition } from '../../hub/node-red/lib/matches.js'

const ALL: AlertFilter = {
  events: ['raised'],
  homes: [],
  areas: [],
  rules: [],
  categories: [],
  atLeast: 'info',
  tests: 'without',
}
const FALL: Transition = {
  seq: 1,
  n: 0,
  at: 0,
  what: 'raised',
  by: 'hub',
  via: 'rule',
  severity: 'medium',
  area: 'Alta',
  alert: { id: 'a-1', rule: 'fall', category: 'safety', home: 'h-1' },
}
const { area: _area, ...WITHOUT_AREA } = FALL

describe('wantsTransition', () => {
  it.each<[string, Partial<AlertFilter>, Transition, boolean]>([
    ['nothing is asked for', {}, FALL, true],
    ['of what else happens', { events: ['acknowledged'] }, FALL, false],
    ['of the home', { homes: ['h-2', 'h-1'] }, FALL, true],
    ['of another home', { homes: ['h-2'] }, FALL, false],
    ['of the area', { areas: ['Alta'] }, FALL, true],
    ['of no area', { areas: ['Alta'] }, WITHOUT_AREA, false],
    ['of another rule', { rules: ['sos'] }, FALL, false],
    ['of another category', { categories: ['technical'] }, FALL, false],
    ['as severe as asked for', { atLeast: 'medium' }, FALL, true],
    ['less severe', { atLeast: 'high' }, FALL, false],
    ['a severity that a field of old names', { atLeast: '' }, FALL, true],
    ['a test', {}, { ...FALL, test: true }, false],
    ['a test, with tests', { tests: 'with' }, { ...FALL, test: true }, true],
    ['a test, only tests', { tests: 'only' }, { ...FALL, test: true }, true],
    ['no test, only tests', { tests: 'only' }, FALL, false],
  ])('%s', (_name, filter, transition, expected) => {
    expect(wantsTransition({ ...ALL, ...filter }, transition)).toBe(expected)
  })
})

const READING_NAMES = { homes: 'home', kinds: 'kind' }

describe('queryFor', () => {
  it.each([
    [[{ homes: [], kinds: ['door'] }], '?kind=door'],
    [
      [
        { homes: ['h-1'], kinds: ['door'] },
        { homes: ['h 2'], kinds: ['door', 'bed'] },
      ],
      '?home=h-1&home=h+2&kind=door&kind=bed',
    ],
    [
      [
        { homes: ['h-1'], kinds: ['door'] },
        { homes: [], kinds: [] },
      ],
      '',
    ],
  ])('asks for what each of %j gets', (filters, query) => {
    expect(queryFor(filters, READING_NAMES)).toBe(query)
  })
})

describe('wantsReading', () => {
  const reading = { home: 'h-1', sensor: 'hall', kind: 'door', value: 'open' }
  it.each([
    [{ kinds: ['door'] }, true],
    [{ kinds: ['bed'] }, false],
    [{ sensors: ['hall'] }, true],
    [{ areas: ['Alta'] }, false],
    [{ homes: ['h-2'] }, false],
  ])('with %j', (filter, expected) => {
    expect(wantsReading({ homes: [], areas: [], sensors: [], kinds: [], ...filter }, reading)).toBe(expected)
  })
})
