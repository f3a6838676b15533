import { stripVTControlCharacters } from 'node:util'
import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable } from '../../hub/source/printable.ts'
import { shownTopic } from '../../hub/source/shown-topic.ts'

const isKnown = (level: string): boolean => level === 'h-1' || level === 'belt'

describe('shownTopic', () => {
  it.each([
    ['homes/h-1/sensors/belt', 'homes/h-1/sensors/belt'],
    ['homes/h-1/sensors/Kari Nordmann', 'homes/h-1/sensors/…'],
    ['homes/+/sensors/#', 'homes/+/sensors/#'],
    ['zigbee2mqtt/+4790000001/set', 'zigbee2mqtt/…/set'],
    ['/a//\u001b[2J', '/…//…'],
    [Array.from({ length: 20 }, () => 'homes').join('/'), `${'homes/'.repeat(12)}…`],
  ])('shows of %j what is known', (topic, shown) => {
    expect(shownTopic(topic, isKnown)).toBe(shown)
  })

  it('shows nothing that is not known, and is never long', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 300 }), (topic) => {
        const shown = shownTopic(topic, () => false)
        expect(shown).toMatch(/^[\w…+#$/]*$/)
        expect(shown.length).toBeLessThan(300)
      }),
    )
  })
})

describe('printable', () => {
  it('keeps words, lines and colours, and nothing that steers a terminal', () => {
    expect(printable('Å være \u001b[31mrød\u001b[39m\tog\nblå 👩‍👧')).toBe(
      'Å være \u001b[31mrød\u001b[39m\tog\nblå 👩‍👧',
    )
    expect(printable('a\u001b]0;title\u0007b\u001b[2Jc\u009b1Ad\re\u202ef')).toBe('a�]0;title�b�[2Jc�1Ad�e�f')
  })

  it('leaves no control character in anything but what it makes itself', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(stripVTControlCharacters(printable(text))).not.toMatch(/[^\P{Cc}\t\n]/u)
      }),
    )
  })
})
