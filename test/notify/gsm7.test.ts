import { expect, test } from 'vitest'
import { countParts, isGsm7, plainLine } from '../../hub/notify/gsm7.ts'

test('isGsm7 knows the letters of Norwegian, but not those of Northern Sámi', () => {
  expect(isGsm7('æøåÆØÅ éè @£€ {[~]}')).toBe(true)
  for (const letter of 'áčđŋšŧžÁČĐŊŠŦŽ') expect(isGsm7(letter), letter).toBe(false)
})

test('countParts counts as 3GPP TS 23.040 does', () => {
  expect(countParts('x'.repeat(160))).toBe(1)
  expect(countParts('x'.repeat(161))).toBe(2)
  expect(countParts('x'.repeat(307))).toBe(3)
  expect(countParts('€'.repeat(81))).toBe(2)
  expect(countParts('č'.repeat(70))).toBe(1)
  expect(countParts('č'.repeat(71))).toBe(2)
})

test('plainLine makes typographic signs plain and leaves letters alone', () => {
  expect(plainLine(' SpO₂ – “low”…\r\nMum’s ')).toBe(`SpO2 - "low"... Mum's`)
  expect(plainLine('Mummočahkku Šárá')).toBe('Mummočahkku Šárá')
  // Composed, because a combining sign would cost the coding and a character.
  expect(plainLine('Ma\u030Arten')).toBe('Mårten')
})
