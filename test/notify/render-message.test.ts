import { describe, expect, test } from 'vitest'
import type { Alert } from '../../hub/model/alert.ts'
import type { ContactRole, Home, HomePersonal } from '../../hub/model/home.ts'
import type { Remarks, Template, Way } from '../../hub/model/notification.ts'
import { countParts, isGsm7 } from '../../hub/notify/gsm7.ts'
import { renderMessage } from '../../hub/notify/render-message.ts'

const at = (text: string): number => Date.parse(text)
const FALL_AT = at('2026-11-22T02:12:30.000Z')

function alert(changes: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    home: 'h1',
    rule: 'fall',
    scope: 'h1',
    code: '4821',
    title: { en: 'Possible fall', nb: 'Mulig fall' },
    category: 'safety',
    resolve: 'manual',
    severity: 'high',
    condition: 'active',
    handling: 'new',
    raisedAt: FALL_AT,
    openedAt: FALL_AT + 200,
    lastAt: FALL_AT,
    count: 1,
    detail: { sensor: 'fall-1', room: 'bathroom', value: 'detected' },
    step: 1,
    progress: { round: 0, told: ['contact:daughter'], asked: [] },
    ...changes,
  }
}

interface Case {
  readonly template?: Template
  readonly alert?: Alert
  readonly language?: string
  readonly alias?: string | undefined
  readonly phone?: string | undefined
  readonly waitMinutes?: number | undefined
  readonly now?: number
  readonly role?: ContactRole
  readonly test?: true
  readonly remarks?: Remarks
  readonly messages?: Home['messages']
}

function render(options: Case): ReturnType<typeof renderMessage> {
  const { alias, phone, waitMinutes } = { alias: 'Mor', phone: '+4790000001', waitMinutes: 2, ...options }
  const home: Home = {
    id: 'h1',
    timezone: 'Europe/Oslo',
    gateways: [],
    residents: [{ id: 'r1' }],
    sensors: [],
    ...(options.messages && { messages: options.messages }),
    contacts: [
      {
        id: 'daughter',
        language: options.language ?? 'nb',
        order: 1,
        ...(options.role && { role: options.role }),
      },
      { id: 'son', language: 'nb', order: 2 },
    ],
  }
  const personal: HomePersonal = {
    id: 'h1',
    label: 'Storgata 5',
    residents: [{ id: 'r1', name: 'Kari Nordmann' }],
    contacts: [
      {
        id: 'daughter',
        name: 'Anne Nordmann',
        ...(phone === undefined ? {} : { phone }),
        ...(alias === undefined ? {} : { alias }),
      },
      { id: 'son', name: 'Per Hansen', phone: '+4790000002', alias: 'mamma' },
    ],
  }
  return renderMessage({
    notification: {
      template: options.template ?? 'alert',
      ...(options.test && { test: options.test }),
      contact: 'daughter',
      ...options.remarks,
      ...(waitMinutes === undefined ? {} : { waitMinutes }),
    },
    alert: options.alert ?? alert(),
    home,
    personal,
    now: options.now ?? FALL_AT + 1000,
  })
}

function text(options: Case): string {
  const rendered = render(options)
  if ('cannot' in rendered) throw new Error(rendered.cannot)
  return rendered.text
}

/** The shipped titles are shorter than this; of so many characters is the longest that must fit. */
const LONGEST_TITLE = 'Sengen er tom midt på natten'

describe('renderMessage', () => {
  test('writes an alert in Norwegian, with the local time of the home', () => {
    expect(render({})).toEqual({
      to: '+4790000001',
      text:
        'VARSEL: Mulig fall hos Mor kl 03:12. Svar 1 4821 = jeg tar det, 2 4821 = kan ikke. ' +
        'Uten svar varsles neste om 2 min.',
    })
  })

  test('writes an alert in English', () => {
    expect(text({ language: 'en', alias: 'Mum' })).toBe(
      "ALERT: Possible fall at Mum's, 03:12. Reply 1 4821 = I'll take it, 2 4821 = cannot. " +
        'No reply: next contact in 2 min.',
    )
  })

  test('follows the clock change of the zone', () => {
    const summer = at('2026-07-01T02:12:00.000Z')
    expect(
      text({ alert: alert({ raisedAt: summer, lastAt: summer, openedAt: summer }), now: summer }),
    ).toContain('kl 04:12.')
  })

  test.each([
    ['nn', 'VARSEL: Mulig fall hos Mor kl 03:12. Svar 1 4821 = eg tek det'],
    ['se', 'VÁRREHUS: Mulig fall (Mor) 03:12. Vástit 1 4821 = mun válddán,'],
    ['nb-NO', 'VARSEL: Mulig fall'],
    ['de', 'ALERT: Possible fall at Mor'],
  ])('falls back from %s to what there is', (language, start) => {
    expect(text({ language }).slice(0, start.length)).toBe(start)
  })

  test('uses the title of a rule in the own language of a contact', () => {
    const title = { en: 'Possible fall', nb: 'Mulig fall', se: 'Vejolaš gahččan' }
    expect(text({ language: 'se', alert: alert({ title }) })).toMatch(
      /^VÁRREHUS: Vejolaš gahččan \(Mor\) 03:12\./,
    )
  })

  test('stays neutral without an alias', () => {
    expect(text({ alias: undefined })).toContain('Mulig fall hos den du er kontakt for kl 03:12.')
    expect(text({ alias: undefined, language: 'en' })).toContain(
      'Possible fall in the home you look after, 03:12.',
    )
  })

  test.each([
    ['nb', 'TEST under vedlikehold: Mulig fall i hjem h1 kl 03:12. Svar 1 4821 = jeg tar det'],
    ['nn', 'TEST under vedlikehald: Mulig fall i heim h1 kl 03:12. Svar 1 4821 = eg tek det'],
    ['en', "TEST in maintenance: Possible fall in home h1, 03:12. Reply 1 4821 = I'll take it"],
  ])('says in %s that it is a test, and to an installer which home it is', (language, words) => {
    const message = text({ language, role: 'installer', test: true, alias: undefined })
    expect(message.startsWith(words)).toBe(true)
    expect(isGsm7(message) && countParts(message)).toBe(1)
    const receipt = text({ language, role: 'installer', test: true, template: 'receipt', alias: undefined })
    expect(receipt).toMatch(/^TEST: /)
  })

  test.each([
    [0.25, '15 sek'],
    [0.7, '40 sek'],
    [0.99, '1 min'],
    [2, '2 min'],
  ])('says of a wait of %d minutes that it is %s', (waitMinutes, said) => {
    expect(text({ waitMinutes })).toContain(`Uten svar varsles neste om ${said}.`)
  })

  test('says of no next contact when there is none', () => {
    expect(text({ waitMinutes: undefined })).toBe(
      'VARSEL: Mulig fall hos Mor kl 03:12. Svar 1 4821 = jeg tar det, 2 4821 = kan ikke.',
    )
  })

  describe('about the health', () => {
    const health = alert({ category: 'health', title: { en: 'Low oxygen', nb: 'Lavt oksygen' } })

    test('says to the family and neighbours that there is an alert, and not which', () => {
      for (const role of [undefined, 'family', 'neighbour'] as const) {
        const message = text({ alert: health, ...(role && { role }) })
        expect(message).toMatch(/^HELSEVARSEL hos Mor kl 03:12\. Svar 1 4821/)
      }
      expect(text({ alert: health, messages: { health: 'category' } })).not.toContain('oksygen')
      expect(text({ alert: health, role: 'installer', test: true, alias: undefined })).toMatch(
        /^TEST under vedlikehold: HELSEVARSEL i hjem h1/,
      )
    })

    test('says the title to a nurse, and where the home allows it', () => {
      const whole = /^HELSEVARSEL: Lavt oksygen hos Mor kl 03:12\./
      expect(text({ alert: health, role: 'nurse' })).toMatch(whole)
      expect(text({ alert: health, messages: { health: 'title' } })).toMatch(whole)
    })
  })

  test.each([
    [{ occasion: 'reminder' }, 'VARSEL fortsatt ubesvart: Mulig fall hos Mor kl 03:12. Svar 1'],
    [{ occasion: 'again' }, 'VARSEL på nytt: Mulig fall hos Mor kl 03:12. Svar 1'],
    [{ occasion: 'reopened' }, 'VARSEL ubesvart igjen: Mulig fall hos Mor kl 03:12. Svar 1'],
    [
      { askedBy: 'operator:siv' },
      'VARSEL: Mulig fall hos Mor kl 03:12. Vaktsentralen ber deg ta det. Svar 1',
    ],
    [{ askedBy: 'staff:siv' }, 'VARSEL: Mulig fall hos Mor kl 03:12. Vaktsentralen ber deg ta det. Svar 1'],
    [{ askedBy: 'contact:son' }, 'VARSEL: Mulig fall hos Mor kl 03:12. Per ber deg ta det. Svar 1'],
  ] as const)('says what is new: %o', (remarks, start) => {
    expect(text({ remarks }).slice(0, start.length)).toBe(start)
  })

  test('takes a name with letters outside of GSM-7 as it is, in two parts', () => {
    const message = text({ alias: 'Áhkku' })
    expect(message).toContain('hos Áhkku')
    expect(isGsm7(message)).toBe(false)
    expect(countParts(message)).toBe(2)
  })

  test('shows the observed time of a late alert, and when the hub learned of it', () => {
    const late = alert({ openedAt: FALL_AT + 88 * 60_000, detail: { late: true } })
    expect(text({ alert: late, now: FALL_AT + 89 * 60_000 })).toContain('Mor kl 03:12 (meldt 04:40).')
  })

  test('shows the date of another day', () => {
    const eve = at('2026-11-21T22:50:00.000Z')
    const late = alert({ raisedAt: eve, lastAt: eve, detail: { late: true } })
    expect(text({ alert: late })).toContain('Mor 21.11 23:50.')
    expect(text({ alert: late, language: 'en' })).toContain("Mor's, 21 Nov 23:50.")
  })

  test('shows the time of the second fall after a second fall', () => {
    const again = alert({ lastAt: FALL_AT + 3600_000, count: 2 })
    expect(text({ alert: again, now: FALL_AT + 3600_000 })).toContain('kl 04:12.')
  })

  describe('about what people have done', () => {
    const handledAt = FALL_AT + 120_000
    const taken = (handledBy: string): Alert => alert({ handling: 'acknowledged', handledBy, handledAt })

    test.each([
      ['taken', 'contact:son', 'Per tar seg av varselet hos Mor (03:14).'],
      ['taken', 'operator:siv', 'Vaktsentralen tar seg av varselet hos Mor (03:14).'],
      ['taken', 'contact:gone', 'En annen tar seg av varselet hos Mor (03:14).'],
      ['receipt', 'contact:daughter', 'Takk for svaret. Du tar deg av varselet hos Mor (03:14).'],
      ['receipt', 'contact:son', 'Takk for svaret. Per tar seg av varselet hos Mor (03:14).'],
    ] as const)('writes %s by %s', (template, by, expected) => {
      expect(text({ template, alert: taken(by) })).toBe(expected)
    })

    test('writes that the alert is over', () => {
      const over = alert({ handling: 'resolved', handledBy: 'operator:siv', handledAt: FALL_AT + 1_740_000 })
      expect(text({ template: 'taken', alert: over })).toBe('Varselet hos Mor er avsluttet 03:41.')
    })

    test.each([
      ['real', ': det er fulgt opp.'],
      ['false', ': alt i orden.'],
      ['pet', ': alt i orden.'],
      ['visitor', ': alt i orden.'],
      ['test', ': det var en test, alt i orden.'],
      ['equipment', ': det var feil på utstyret.'],
      ['cleared', ': det gikk over av seg selv.'],
      ['other', '.'],
    ] as const)('writes in plain words that it was %s', (cause, end) => {
      const over = alert({ handling: 'resolved', handledBy: 'operator:siv', handledAt, cause })
      expect(text({ template: 'taken', alert: over })).toBe(`Varselet hos Mor er avsluttet 03:14${end}`)
    })

    test('writes who took it over', () => {
      expect(text({ template: 'taken', alert: taken('contact:son'), remarks: { takenOver: true } })).toBe(
        'Per har tatt over varselet hos Mor (03:14).',
      )
    })

    test('thanks whoever cannot come, and says whether others know of it', () => {
      const left = (asked: string[]): Alert => alert({ progress: { round: 0, told: [], asked } })
      expect(text({ template: 'declined', alert: left(['contact:son']) })).toBe(
        'Takk for svaret. Vi varsler andre.',
      )
      for (const asked of [[], ['contact:daughter']]) {
        expect(text({ template: 'declined', alert: left(asked) })).toBe(
          'Takk for svaret. Varselet hos Mor er fortsatt ubesvart.',
        )
      }
    })

    test('writes that nobody has it, when it was reopened before the message went out', () => {
      expect(text({ template: 'taken' })).toBe('Varselet hos Mor er ubesvart igjen.')
    })

    test('asks again when an answer was not understood', () => {
      expect(text({ template: 'unclear' })).toBe(
        'Vi forsto ikke svaret. Varselet hos Mor: Svar 1 4821 = jeg tar det, 2 4821 = kan ikke.',
      )
    })
  })

  test.each(['nb', 'nn', 'en'])('fits one GSM-7 part in %s, whatever the template', (language) => {
    const longest = {
      title: { en: LONGEST_TITLE, nb: LONGEST_TITLE },
      openedAt: FALL_AT + 88 * 60_000,
      detail: { late: true as const },
      handledAt: FALL_AT,
    }
    expect(LONGEST_TITLE).toHaveLength(28)
    for (const template of ['alert', 'taken', 'receipt', 'declined', 'unclear'] as const) {
      for (const handling of ['new', 'acknowledged', 'resolved'] as const) {
        for (const handledBy of ['operator:siv', 'contact:son', 'contact:daughter', 'contact:gone']) {
          const message = text({
            language,
            template,
            alias: 'Bestemor Åse',
            waitMinutes: 10,
            alert: alert({ ...longest, handling, handledBy }),
            now: FALL_AT + 89 * 60_000,
          })
          expect(isGsm7(message), message).toBe(true)
          expect(countParts(message), `${message.length}: ${message}`).toBe(1)
        }
      }
    }
  })

  test('names no resident, address, surname, room or value', () => {
    for (const template of ['alert', 'taken', 'receipt', 'declined', 'unclear'] as const) {
      for (const handling of ['new', 'acknowledged', 'resolved'] as const) {
        const message = text({
          template,
          alert: alert({ handling, handledBy: 'contact:son', handledAt: FALL_AT }),
        })
        expect(message).not.toMatch(/Kari|Nordmann|Hansen|Storgata|bathroom|detected|fall-1|h1|r1|\+47/)
      }
    }
  })

  describe('for the staff', () => {
    const home: Home = {
      id: 'h1',
      timezone: 'Europe/Oslo',
      gateways: [],
      residents: [],
      sensors: [],
      contacts: [{ id: 'daughter', language: 'nb', order: 1 }],
    }
    const facts = {
      alert: alert(),
      home,
      personal: {
        id: 'h1',
        label: 'Storgata 5',
        residents: [],
        contacts: [{ id: 'daughter', name: 'Anne' }],
      },
      staff: { id: 'siv', language: 'en', name: 'Siv Olsen', phone: '+4790000021', email: 'siv@example.org' },
      now: FALL_AT,
    }
    const to = (channel: Way) => ({ template: 'alert' as const, staff: 'siv', channel, waitMinutes: 2 })

    test('names the home by its pseudonym only, in their language', () => {
      expect(renderMessage({ ...facts, notification: to('sms') })).toMatchObject({
        to: '+4790000021',
        text: "ALERT: Possible fall in home h1, 03:12. Reply 1 4821 = I'll take it, 2 4821 = cannot. No reply: next contact in 2 min.",
      })
    })

    test('names colleagues by their first name', () => {
      const colleague = (id: string) => (id === 'tor' ? 'Tor Hansen' : undefined)
      const asked = (askedBy: string) =>
        renderMessage({ ...facts, colleague, notification: { ...to('sms'), askedBy } })
      expect(asked('staff:tor')).toMatchObject({
        text: expect.stringContaining(' Tor asks you to take it. '),
      })
      expect(asked('operator:tor')).toMatchObject({ text: expect.stringContaining(' Tor asks you ') })
      expect(asked('operator:gone')).toMatchObject({
        text: expect.stringContaining(' The care centre asks you '),
      })
    })

    test('says what it is about the health', () => {
      const health = { ...facts, alert: alert({ category: 'health' }) }
      expect(renderMessage({ ...health, notification: to('sms') })).toMatchObject({
        text: expect.stringMatching(/^HEALTH ALERT: Possible fall in home h1/),
      })
    })

    test('goes to the address for its way', () => {
      expect(renderMessage({ ...facts, notification: to('email') })).toMatchObject({ to: 'siv@example.org' })
      expect(renderMessage({ ...facts, notification: to('webhook') })).toMatchObject({ to: 'staff:siv' })
    })

    test('says why it can never be sent', () => {
      const { staff: _, ...gone } = facts
      expect(renderMessage({ ...gone, notification: to('sms') })).toEqual({
        cannot: 'This person is no longer registered as staff',
      })
      const bare = { ...facts, staff: { id: 'siv', language: 'nb' } }
      expect(renderMessage({ ...bare, notification: to('email') })).toEqual({
        cannot: 'This person of the staff has no e-mail address',
      })
    })

    test('calls one of them the care centre, for the family', () => {
      const taken = alert({ handling: 'acknowledged', handledBy: 'staff:siv', handledAt: FALL_AT })
      expect(text({ template: 'taken', alert: taken })).toBe(
        'Vaktsentralen tar seg av varselet hos Mor (03:12).',
      )
    })
  })

  test('says why a message can never be sent', () => {
    expect(render({ phone: undefined })).toEqual({ cannot: 'The contact has no phone number' })
    const nothing = {
      notification: { template: 'alert' as const, contact: 'daughter' },
      home: undefined,
      personal: undefined,
      now: 0,
    }
    expect(renderMessage({ ...nothing, alert: undefined })).toEqual({ cannot: 'The alert is no longer kept' })
    expect(renderMessage({ ...nothing, alert: alert() })).toEqual({
      cannot: 'The home is no longer registered',
    })
  })
})
