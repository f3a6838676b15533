import { describe, expect, it } from 'vitest'
import type { Home, HomePersonal } from '../../hub/model/home.ts'
import { renderLetter } from '../../hub/notify/render-letter.ts'

const HOME: Home = {
  id: 'h1',
  timezone: 'Europe/Oslo',
  gateways: [],
  residents: [],
  sensors: [],
  contacts: [
    { id: 'anne', language: 'nb', order: 1 },
    { id: 'ola', role: 'installer', language: 'en', order: 2 },
  ],
}
const PERSONAL: HomePersonal = {
  id: 'h1',
  residents: [],
  contacts: [
    { id: 'anne', phone: '+4790000001', alias: 'Mor' },
    { id: 'ola', email: 'ola@example.org' },
  ],
}

function render(contact: string, channel: 'sms' | 'email' | 'webhook') {
  const notification = { letter: { is: 'trial' as const }, home: 'h1', contact, channel }
  return renderLetter({ notification, home: HOME, personal: PERSONAL, now: 0 })
}

describe('renderLetter', () => {
  it("is in the reader's language, with the reader's own name for the resident", () => {
    expect(render('anne', 'sms')).toEqual({
      to: '+4790000001',
      text: 'Dette er en prøve. Varsler hos Mor kommer til denne telefonen. Ingenting har skjedd.',
    })
  })

  it('names the home by its pseudonym to those who look after many', () => {
    expect(render('ola', 'email')).toMatchObject({
      to: 'ola@example.org',
      subject: 'This is a trial',
      text: 'This is a trial. Alerts in home h1 come to this phone. Nothing has happened.',
    })
  })

  it('cannot go where no address is known, or to nobody', () => {
    expect(render('anne', 'email')).toEqual({ cannot: 'The contact has no e-mail address' })
    expect(render('kari', 'sms')).toEqual({ cannot: 'The contact is no longer registered' })
  })
})
