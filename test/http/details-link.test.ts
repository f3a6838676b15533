import { expect, describe, it } from 'vitest'
import { PERSONAL, startLinkBench } from './link-bench.ts'
import type { LinkBench, Page } from './link-bench.ts'

const NURSE = 'contact:nurse'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const SECRETS = [PERSONAL.address, PERSONAL.key, PERSONAL.where, PERSONAL.access, PERSONAL.label]

/** A fall of which the nurse was told. */
async function told(options = {}): Promise<{ hub: LinkBench; alert: string; path: string }> {
  const hub = await startLinkBench(options)
  const alert = await hub.fall()
  await hub.bench.take({ type: 'hand-on', alert, to: NURSE, by: 'operator:siv', via: 'console' })
  return { hub, alert, path: hub.link(NURSE) }
}

const codeIn = (text: string | undefined): string => /^(\d{6}) /.exec(text ?? '')?.[1] ?? ''

/** Asks for a code and enters it. */
async function signIn(hub: LinkBench, path: string, who = NURSE): Promise<Page> {
  await hub.post(path, { do: 'send-code' })
  return hub.post(path, { do: 'sign-in', code: codeIn(hub.message(who)?.text) })
}

function expectNoSecret(text: string): void {
  for (const secret of SECRETS) expect(text).not.toContain(secret)
}

describe('the page with where to go', () => {
  it('shows nothing of it to whoever has only the link, but can be answered', async () => {
    const { hub, alert, path } = await told()
    expect(path).toMatch(/^\/d\//)
    const page = await hub.get(path)
    expect(page.status).toBe(200)
    expectNoSecret(page.text)
    expect(page.text).toContain('Send me a code')
    expect(page.text).toContain('I’ll take it')
    await hub.post(path, { do: 'take' })
    expect(hub.office.alert(alert)?.handledBy).toBe(NURSE)
    expectNoSecret((await hub.get(path)).text)
    expect(hub.events(alert).some((one) => one.startsWith('shown'))).toBe(false)
  })

  it('shows it after the code that went to the registered number, and says so in the history', async () => {
    const { hub, alert, path } = await told()
    const asked = await hub.post(path, { do: 'send-code' })
    expect(asked.headers.get('location')).toBe(`${path}?c=sent#way`)
    const { notification, text = '' } = hub.message(NURSE) ?? {}
    expect(notification).toMatchObject({
      channel: 'sms',
      contact: 'nurse',
      letter: { is: 'sign-in-code', alert },
    })
    expect(text).toMatch(/^\d{6} is your code/)
    const form = await hub.get(`${path}?c=sent`)
    expect(form.text).toContain('autocomplete="one-time-code"')
    const signedIn = await hub.post(path, {
      do: 'sign-in',
      code: ` ${codeIn(text).slice(0, 3)} ${codeIn(text).slice(3)}`,
    })
    expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, path])
    const setCookie = signedIn.headers.get('set-cookie') ?? ''
    expect(setCookie).toContain(`Path=${path}`)
    expect(setCookie).toContain('HttpOnly')
    const page = await hub.get(path, { cookie: signedIn.cookie })
    expect(page.status).toBe(200)
    for (const secret of SECRETS) expect(page.text).toContain(secret)
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(hub.history(alert).filter(({ what }) => what === 'shown')).toMatchObject([
      { by: NURSE, via: 'link', now: hub.bench.core.now() },
    ])
    // Each showing has its line; what nobody sees has none.
    await hub.get(path, { cookie: signedIn.cookie })
    await fetch(`${hub.url}${path}`, { method: 'HEAD', headers: { cookie: signedIn.cookie } })
    expect(hub.events(alert).filter((one) => one === `shown ${NURSE} link`)).toHaveLength(2)
  })

  it('lets whoever is signed in say that they are on the way, and there', async () => {
    const { hub, alert, path } = await told()
    await hub.post(path, { do: 'on-the-way' })
    expect(hub.office.alert(alert)?.attendance).toBeUndefined()
    const { cookie } = await signIn(hub, path)
    await hub.post(path, { do: 'take' }, { cookie })
    expect((await hub.get(path, { cookie })).text).toContain('I am on my way')
    await hub.post(path, { do: 'on-the-way' }, { cookie })
    expect(hub.office.alert(alert)?.attendance).toMatchObject({ what: 'on-the-way', by: NURSE })
    await hub.post(path, { do: 'arrived' }, { cookie })
    expect(hub.events(alert)).toContain(`arrived ${NURSE} link`)
    expect((await hub.get(path, { cookie })).text).toContain('There since 03:12.')
  })

  it('shows it to an operator who is signed in, under their name', async () => {
    const { hub, alert, path } = await told()
    const signedIn = hub.office.people.signIn(hub.office.people.createSignInToken('siv'))
    const cookie = `aal_session=${signedIn?.session}`
    expect((await hub.get(path, { cookie })).text).toContain(PERSONAL.address)
    expect(hub.events(alert)).toContain('shown operator:siv link')
    await hub.post(path, { do: 'on-the-way' }, { cookie })
    expect(hub.office.alert(alert)?.attendance?.by).toBe('operator:siv')
  })

  it('is behind the link in messages to the staff too, and to nobody else', async () => {
    const hub = await startLinkBench({ takesAnswers: true })
    const alert = await hub.fall()
    // By SMS, where answers by SMS come in, the daughter needs no link.
    expect(hub.message('contact:daughter')?.text).not.toContain('https:')
    await hub.bench.take({ type: 'hand-on', alert, to: 'staff:kai', by: 'operator:siv', via: 'console' })
    expect(hub.message('staff:kai')?.text).toMatch(
      /Vástit 1 \d{4} = .* Vástádus, čujuhus ja čoavdda: https:\/\/hub\.example\.no\/d\/[\w-]{22}$/,
    )
    const path = hub.link('staff:kai')
    const { cookie } = await signIn(hub, path, 'staff:kai')
    expect((await hub.get(path, { cookie })).text).toContain(PERSONAL.key)
  })

  it('is for the roles that the settings name', async () => {
    const { hub, path } = await told({ shown: ['staff'] })
    expect(path).toMatch(/^\/a\//)
    const families = await startLinkBench({ shown: ['family'] })
    await families.fall()
    expect(families.link('contact:daughter')).toMatch(/^\/d\//)
    expect((await hub.get(path)).text).not.toContain('Address and key')
  })

  it('shows no more to whoever is no nurse any more', async () => {
    const { hub, path } = await told()
    const { cookie } = await signIn(hub, path)
    const home = hub.bench.core.home('h1')!
    const contacts = home.contacts.map((one) =>
      one.id === 'nurse' ? { ...one, role: 'family' as const } : one,
    )
    await hub.bench.take({ type: 'home', home: { ...home, contacts } })
    const page = await hub.get(path, { cookie })
    expectNoSecret(page.text)
    await hub.post(path, { do: 'send-code' })
    expect(page.text).not.toContain('Send me a code')
  })

  it('says whom to call where there is no number to send a code to', async () => {
    const hub = await startLinkBench()
    const alert = await hub.fall()
    await hub.bench.take({ type: 'hand-on', alert, to: 'staff:kai', by: 'operator:siv', via: 'console' })
    const path = hub.link('staff:kai')
    await hub.office.importStaff('staff.yaml', 'staff:\n  - { id: kai, name: Kai Berg, language: nb }\n')
    const page = await hub.get(path)
    expect(page.text).toContain('Vi har ikke noe telefonnummer for deg.')
    expect(page.text).not.toContain('Send meg en kode')
    const before = hub.office.newestNotifications(99).length
    await hub.post(path, { do: 'send-code' })
    expect(hub.office.newestNotifications(99)).toHaveLength(before)
  })

  it('shows it for 2 h after the alert was resolved, and not longer', async () => {
    const { hub, alert, path } = await told()
    await hub.bench.take({ type: 'resolve', alert, by: 'operator:siv', via: 'console', cause: 'real' })
    hub.bench.clock.pass(HOUR + 30 * MINUTE)
    const { cookie } = await signIn(hub, path)
    expect((await hub.get(path, { cookie })).text).toContain(PERSONAL.key)
    expect(hub.events(alert)).toContain(`shown ${NURSE} link`)
    hub.bench.clock.pass(30 * MINUTE)
    const later = await hub.get(path, { cookie })
    expect(later.status).toBe(200)
    hub.bench.clock.pass(1)
    const over = await hub.get(path, { cookie })
    expect(over.status).toBe(410)
    expect(over.text).toContain('The alert is over')
    expectNoSecret(over.text)
    expect((await hub.post(path, { do: 'send-code' }, { cookie })).status).toBe(410)
  })
})

describe('the code', () => {
  it('is worth nothing after 5 wrong tries, right or not', async () => {
    const { hub, path } = await told()
    await hub.post(path, { do: 'send-code' })
    const right = codeIn(hub.message(NURSE)?.text)
    const wrong = right === '000000' ? '000001' : '000000'
    const answers: (string | null)[] = []
    for (let i = 0; i < 5; i++)
      answers.push((await hub.post(path, { do: 'sign-in', code: wrong })).headers.get('location'))
    expect(answers.map((one) => one?.replace(path, ''))).toEqual([
      ...Array<string>(4).fill('?c=wrong#way'),
      '?c=none#way',
    ])
    const late = await hub.post(path, { do: 'sign-in', code: right })
    expect([late.cookie, late.headers.get('location')]).toEqual(['', `${path}?c=none#way`])
  })

  it('is good once, for 5 minutes, for this link alone', async () => {
    const { hub, alert, path } = await told()
    await hub.bench.take({ type: 'hand-on', alert, to: 'staff:kai', by: 'operator:siv', via: 'console' })
    const others = hub.link('staff:kai')
    await hub.post(path, { do: 'send-code' })
    const code = codeIn(hub.message(NURSE)?.text)
    expect((await hub.post(others, { do: 'sign-in', code })).cookie).toBe('')
    const { cookie } = await hub.post(path, { do: 'sign-in', code })
    expect(cookie).toContain('aal_link=')
    expectNoSecret((await hub.get(others, { cookie })).text)
    expect((await hub.post(path, { do: 'sign-in', code })).cookie).toBe('')
    hub.bench.clock.pass(2 * MINUTE)
    await hub.post(path, { do: 'send-code' })
    const next = codeIn(hub.message(NURSE)?.text)
    hub.bench.clock.pass(5 * MINUTE)
    // What could not be sent in time is not sent at all.
    expect(hub.message(NURSE)).toBeUndefined()
    expect((await hub.post(path, { do: 'sign-in', code: next })).headers.get('location')).toBe(
      `${path}?c=none#way`,
    )
  })

  it('can be asked for once a minute, and 5 times an hour', async () => {
    const { hub, path } = await told()
    const ask = async () => (await hub.post(path, { do: 'send-code' })).headers.get('location')?.split('=')[1]
    expect([await ask(), await ask()]).toEqual(['sent#way', 'wait#way'])
    for (let i = 0; i < 4; i++) {
      hub.bench.clock.pass(MINUTE)
      expect(await ask()).toBe('sent#way')
    }
    hub.bench.clock.pass(MINUTE)
    expect(await ask()).toBe('wait#way')
    hub.bench.clock.pass(HOUR)
    expect(await ask()).toBe('sent#way')
  })

  it('gives a session of an hour', async () => {
    const { hub, path } = await told()
    const { cookie } = await signIn(hub, path)
    hub.bench.clock.pass(HOUR)
    expectNoSecret((await hub.get(path, { cookie })).text)
  })

  it('is nowhere in the database, and its session neither', async () => {
    const { hub, path } = await told()
    await hub.post(path, { do: 'send-code' })
    const code = codeIn(hub.message(NURSE)?.text)
    expect(code).toMatch(/^\d{6}$/)
    const kept = hub.journalText()
    const { cookie } = await hub.post(path, { do: 'sign-in', code })
    expect(kept).not.toMatch(new RegExp(`\\b${code}\\b`))
    expect(hub.journalText()).not.toContain(cookie.replace('aal_link=', ''))
  })
})

describe('where a home is and how to get in', () => {
  it('is in no message, no journal and no log', async () => {
    const { hub, alert, path } = await told()
    const { cookie } = await signIn(hub, path)
    expect((await hub.get(path, { cookie })).text).toContain(PERSONAL.key)
    await hub.post(path, { do: 'take' }, { cookie })
    await hub.bench.take({ type: 'resolve', alert, by: 'operator:siv', via: 'console', cause: 'real' })
    const texts = hub.office.newestNotifications(99).map((one) => hub.office.messageText(one) ?? '')
    expect(texts.length).toBeGreaterThan(3)
    for (const text of [...texts, hub.journalText(), hub.logged()]) expectNoSecret(text)
  })

  it('is not in what the API shows of alerts and homes', async () => {
    const { hub } = await told()
    const signedIn = hub.office.people.signIn(hub.office.people.createSignInToken('siv'))
    const headers = { cookie: `aal_session=${signedIn?.session}` }
    for (const path of ['/api/alerts', '/api/homes', '/api/homes/h1?names=true']) {
      const { status, text } = await hub.get(path, headers)
      expect(status).toBe(200)
      for (const secret of [PERSONAL.address, PERSONAL.key, PERSONAL.access])
        expect(text).not.toContain(secret)
    }
  })
})
