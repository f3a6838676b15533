import { createInstance } from 'i18next'
import { describe, expect, it } from 'vitest'
import type { BoardAlert } from '../../hub/console/api-types.ts'
import { ACTS, nameAct, wordsIn } from '../../hub/console/lock/act-words.ts'
import { withoutNames } from '../../hub/console/lock/without-names.ts'
import { refusalText, waitText } from '../../hub/console/lock/refusal-text.ts'
import { ApiError } from '../../hub/console/api.ts'
import { WORDS } from '../../hub/console/words/words.ts'
import { REFUSALS } from '../../hub/model/refusal.ts'
import type { Refusal } from '../../hub/model/refusal.ts'
import { isRead } from '../../hub/http/access.ts'
import { viewAlert } from '../../hub/http/alert-view.ts'
import { officeFor } from '../../hub/http/sight.ts'
import { exampleAlert, exampleHome, exampleNotification, memoryOffice } from '../http/memory-office.ts'
import { declaredRoutes } from '../http/route-table.ts'

describe('nameAct', () => {
  it('knows every change of an alert, and only changes that there are', async () => {
    const changes = (await declaredRoutes())
      .filter(({ methods: [method = ''], config }) => !config.open && !isRead(method))
      .map(({ methods: [method], url }) => `${method} ${url}`)
    expect(Object.keys(ACTS).filter((act) => !changes.includes(act))).toEqual([])
    expect(changes.filter((one) => one.includes('/api/alerts/') && !ACTS[one])).toEqual([])
  })

  it('says what stands in the address, and keeps nothing whose answer is shown once', () => {
    expect(nameAct('POST', '/api/alerts/a%2F1/acknowledge')).toEqual({ name: 'take', about: ['a/1'] })
    expect(nameAct('PUT', '/api/homes/h1/modes/away')).toEqual({ name: 'mode', about: ['h1', 'away'] })
    for (const path of ['/api/tokens', '/api/people/siv/sign-in-link', '/api/homes/h1/gateways']) {
      expect(nameAct('POST', path)).toBeUndefined()
    }
  })
})

describe('wordsIn', () => {
  it('has what was written, and no secret', () => {
    expect(wordsIn({ text: 'she is up', cause: 'real', password: 'x', token: 'y' })).toEqual(['she is up'])
    expect(wordsIn(undefined)).toEqual([])
  })
})

describe('withoutNames', () => {
  it('leaves an alert as the hub tells it on a locked screen', () => {
    const office = memoryOffice(() => 1000)
    office.addHome(...exampleHome('h1', 'Storgata 5'))
    const alert = exampleAlert({
      handling: 'acknowledged',
      handledBy: 'contact:daughter',
      handedTo: 'contact:daughter',
      attendance: { what: 'on-the-way', by: 'contact:daughter', at: 900 },
    })
    office.put({ alerts: [alert], notifications: [exampleNotification()] })
    const locked = officeFor(office, {
      areas: 'all',
      names: 'homes',
      staff: false,
      alerts: 'all',
      vitals: true,
    })
    const named = JSON.parse(JSON.stringify(viewAlert(alert, office))) as BoardAlert
    expect(JSON.stringify(named)).toMatch(/Kari.*Anne/)
    const shown = withoutNames(named)
    expect(JSON.stringify(shown)).not.toMatch(/Kari|Anne/)
    const told: unknown = JSON.parse(JSON.stringify(viewAlert(alert, locked)))
    expect(shown).toEqual(told)
  })
})

describe('refusalText', () => {
  it.each(['en', 'nb'] as const)('has a sentence of its own for each refusal, in %s', async (language) => {
    const words = createInstance()
    await words.init({ lng: language, resources: WORDS, ns: ['signIn', 'shared'], defaultNS: 'signIn' })
    const t = words.getFixedT<['signIn', 'shared']>(language, ['signIn', 'shared'])
    const say = (reason?: Refusal) =>
      refusalText(
        new ApiError(429, 'Cannot do it.', { ...(reason && { reason }), retryAfter: 90 }),
        t,
        language,
      )
    const said = REFUSALS.map((reason) => say(reason))
    expect(new Set(said).size).toBe(REFUSALS.length)
    for (const text of said) expect(text).toMatch(/^\p{Lu}.*\p{L} .*\.$/u)
    const wait = language === 'en' ? '2 minutes' : '2 minutter'
    expect(said.filter((text) => text.includes(wait))).toHaveLength(2)
    expect(say()).toBe('Cannot do it.')
  })
})

describe('waitText', () => {
  it.each([
    [1, 'en', '1 second'],
    [30, 'nb', '30 sekunder'],
    [61, 'en', '2 minutes'],
    [900, 'nb', '15 minutter'],
    [undefined, 'en', '1 minute'],
  ] as const)('of %s s in %s is %s', (seconds, language, text) => {
    expect(waitText(seconds, language)).toBe(text)
  })
})
