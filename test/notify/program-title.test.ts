import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countParts, isGsm7 } from '../../hub/notify/gsm7.ts'
import { titleInMessage } from '../../hub/notify/program-title.ts'
import { writeMessage } from '../../hub/notify/words/write-message.ts'

const raised = { raisedBy: 'token:node-red' }

describe('titleInMessage', () => {
  it.each([
    ['UPS på batteri: 80 %', 'UPS på batteri: 80 %'],
    ['See https://evil.example/login now', 'See https evil. example/login now'],
    ['www.evil.no', 'www. evil. no'],
    ['mail a@b.no', 'mail a b. no'],
    ['🔥 Boiler <b>hot</b> {{x}} $5', 'Boiler b hot /b x 5'],
    ['Version 1.2, 21.5 degrees', 'Version 1.2, 21.5 degrees'],
    ['x'.repeat(120), `${'x'.repeat(57)}...`],
  ])('makes of %j what may stand in a message', (title, expected) => {
    expect(titleInMessage(raised, title)).toBe(expected)
  })

  it('leaves what rules say as it is', () => {
    const title = 'Kan ikke nås: https://hub.example – ring'
    expect(titleInMessage({}, title)).toBe('Kan ikke nås: https://hub.example - ring')
  })

  it('is short and has no address in it, whatever a program wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (title) => {
        const words = titleInMessage(raised, title)
        expect([...words].length).toBeLessThanOrEqual(60)
        expect(words).not.toMatch(/:\/\/|@|\.\p{L}|[\p{C}<>{}]/u)
      }),
    )
  })

  it('fits into one SMS with what to answer', () => {
    const title = titleInMessage(raised, 'Pumpe 3 i kjelleren har stått stille i over to timer nå, sjekk')
    const text = writeMessage('nb', {
      template: 'alert',
      category: 'technical',
      title,
      code: '4821',
      time: '03:12',
      handling: { is: 'open', others: false },
      about: { part: 'node-red' },
    })
    expect(text).toContain(title)
    expect([isGsm7(text), countParts(text)]).toEqual([true, 1])
  })
})
