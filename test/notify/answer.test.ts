import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAnswer } from '../../hub/notify/answer.ts'

describe('parseAnswer', () => {
  test.each(['STOP', 'stop.', 'Stopp!', ' AVSLUTT ', 'slutt', 'Unsubscribe', 'meld av', 'bisset'])(
    'takes %j for the end of all messages',
    (text) => {
      expect(parseAnswer(text)).toEqual({ action: 'stop', codes: [] })
    },
  )

  test.each(['START', 'start.', 'Begynn', 'byrja', 'UNSTOP', 'meld på', 'álggat'])(
    'takes %j for their beginning',
    (text) => {
      expect(parseAnswer(text)).toEqual({ action: 'start', codes: [] })
    },
  )

  test.each(['STOP 4821', 'stopp, jeg kommer', 'start 1', 'stop start', 'ikke stopp', 'Nonstop'])(
    'ends and begins nothing at %j',
    (text) => {
      expect(['stop', 'start']).not.toContain(parseAnswer(text).action)
    },
  )

  test.each([
    'mun válddán 4821',
    '1 4821',
    '1  4821.',
    ' 1 4821 ',
    '4821 1',
    '14821',
    '1-4821',
    '(1) 4821',
    'ja 4821',
    'Ja, 4821!',
    'JA4821',
    'ok 4821',
    'Yes 4821',
    '1 ja 4821',
    'ja ja 4821',
    'ja takk 4821',
    '1 4821 = jeg tar det',
    'I’ll take it 4821',
    '1️⃣ 4821',
    '👍🏽 4821',
    '1 4821 🙂',
    '１ ４８２１',
    '1 4821 er på vei, står i kø på Skjånes',
    '1 4821 kommer 0845',
  ])('takes %j as accepted', (text) => {
    expect(parseAnswer(text)).toEqual({ action: 'accept', codes: ['4821'] })
  })

  test.each([
    'in sáhte 4821',
    '2 4821',
    '4821 2.',
    '24821',
    'nei 4821',
    'No 4821',
    'nei/no 4821',
    'kan ikke 4821',
    "Can't, 4821",
  ])('takes %j as declined', (text) => {
    expect(parseAnswer(text)).toEqual({ action: 'decline', codes: ['4821'] })
  })

  test.each([
    ['1', 'accept'],
    ['Ja.', 'accept'],
    ['👍', 'accept'],
    ['2', 'decline'],
    ['Nei takk', 'decline'],
    ['jeg kan ikke', 'decline'],
  ])('reads %j without a code', (text, action) => {
    expect(parseAnswer(text)).toEqual({ action, codes: [] })
  })

  test.each([
    ['', undefined],
    ['???', undefined],
    ['hva skjer? 4821', '4821'],
    ['4821', '4821'],
    ['1482', '1482'],
    ['1 0845', undefined],
    ['10845', undefined],
    ['ja 0845', undefined],
    ['48211', undefined],
    ['114821', undefined],
    ['1 48 21', undefined],
    ['1 4821 2', '4821'],
    ['ja nei 4821', '4821'],
    ['ok, men kan ikke 4821', '4821'],
    ['1 4821 nei, feil', '4821'],
    ['2 4821 jeg tar det likevel', '4821'],
    ['ja jeg lurer på hva dette er 4821', '4821'],
    ['room1 4821', '4821'],
    ['Jeg kjører bil nå og svarer senere', undefined],
  ])('finds %j unclear', (text, code) => {
    expect(parseAnswer(text)).toEqual({ action: 'unclear', codes: code === undefined ? [] : [code] })
  })

  test.each([
    ['1 4821 5520', 'accept'],
    ['1 4821, 1 5520', 'accept'],
    ['14821 15520', 'accept'],
    ['ja 4821 og 5520', 'accept'],
    ['nei 4821 5520', 'decline'],
    ['1 4821 5520 er på vei', 'accept'],
    ['1 4821 2 5520', 'unclear'],
  ])('reads several at once: %j', (text, action) => {
    expect(parseAnswer(text)).toEqual({ action, codes: action === 'unclear' ? [] : ['4821', '5520'] })
  })

  test('reads every code back, whatever signs stand around it', () => {
    const code = fc.integer({ min: 1000, max: 9999 }).map(String)
    const signs = fc.array(fc.constantFrom(' ', '.', ',', '!', '-', ':', '=', '\n', '🙂'), { minLength: 1 })
    fc.assert(
      fc.property(code, fc.constantFrom('1', '2'), signs, signs, (digits, action, between, after) => {
        expect(parseAnswer(`${action}${between.join('')}${digits}${after.join('')}`)).toEqual({
          action: action === '1' ? 'accept' : 'decline',
          codes: [digits],
        })
      }),
    )
  })

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(['accept', 'decline', 'unclear']).toContain(parseAnswer(text).action)
      }),
    )
  })
})
