import { describe, expect, it } from 'vitest'
import { createScrubber } from '../../hub/database/scrub.ts'

const scrubbed = (word: string, text: string): string => {
  const json = createScrubber([word])?.scrubJson(JSON.stringify({ type: 'comment', text }))
  return json === undefined ? text : JSON.parse(json).text
}

describe('createScrubber', () => {
  it.each([
    [
      'at the beginning of a line',
      'Ring naboen.\nOla Nordmann har nøkkel',
      'Ring naboen.\n(erased) har nøkkel',
    ],
    ['after a tab', 'x\tOla Nordmann', 'x\t(erased)'],
    ['after a carriage return', 'x\r\nOla Nordmann', 'x\r\n(erased)'],
    ['after a character that JSON writes as a number', 'x\u0001Ola Nordmann', 'x\u0001(erased)'],
    ['in the genitive', "Ola Nordmanns dør, ola nordmann's hund", '(erased) dør, (erased) hund'],
    ['with two spaces, or on two lines', 'Ola  Nordmann, Ola\nNordmann', '(erased), (erased)'],
    ['but not in another word', 'Ola Nordmannsen, Viola Nordmann', 'Ola Nordmannsen, Viola Nordmann'],
  ])('finds a name %s', (_, text, expected) => {
    expect(scrubbed('Ola Nordmann', text)).toBe(expected)
  })

  it('finds a name with a quote or a backslash in plain text and in JSON', () => {
    const word = 'Ola "Lille" Nord\\mann'
    expect(createScrubber([word])?.has(`${word} er borte`)).toBe(true)
    expect(scrubbed(word, `I dag er ${word} borte`)).toBe('I dag er (erased) borte')
  })
})
