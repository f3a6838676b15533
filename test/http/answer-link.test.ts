import { describe, expect, it } from 'vitest'
import { NIGHT, startLinkBench } from './link-bench.ts'

const DAUGHTER = 'contact:daughter'
const SON = 'contact:son'
const MINUTE = 60_000

describe('the page behind a link to answer', () => {
  it('shows what is up and who has it, in the words of its reader, with two buttons and nothing else of the home', async () => {
    const hub = await startLinkBench()
    await hub.fall()
    const page = await hub.get(hub.link(DAUGHTER))
    expect(page.status).toBe(200)
    expect(page.text).toContain('<html lang="nb">')
    expect(page.text).toContain('Mulig fall hos Mor')
    expect(page.text).toContain('kl. 03:12')
    expect(page.text).toContain('Ingen har tatt det ennå.')
    expect(page.text.match(/<button/g)).toHaveLength(2)
    for (const secret of ['Storgata', 'Kanarigata', '0417', 'Bella', 'Nordmann', '+47']) {
      expect(page.text).not.toContain(secret)
    }
    expect(page.text).not.toContain('<script')
    expect(page.text).not.toContain('style=')
  })

  it('may not be kept, indexed or told to others by the browser', async () => {
    const hub = await startLinkBench()
    await hub.fall()
    const { headers } = await hub.get(hub.link(DAUGHTER))
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-robots-tag')).toContain('noindex')
    expect(headers.get('content-security-policy')).toContain("style-src 'self';")
    expect(headers.get('set-cookie')).toBeNull()
    const styles = await hub.get('/link.css')
    expect([styles.status, styles.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8'])
  })

  it('is changed by nobody who only looks: not by GET, HEAD or a robot', async () => {
    const hub = await startLinkBench()
    const alert = await hub.fall()
    const path = hub.link(DAUGHTER)
    const before = hub.journalText()
    await hub.get(path)
    await hub.get(`${path}?do=take`, { 'user-agent': 'facebookexternalhit/1.1' })
    await fetch(`${hub.url}${path}`, { method: 'HEAD' })
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      expect((await fetch(`${hub.url}${path}`, { method })).status).toBe(404)
    }
    expect(hub.journalText()).toBe(before)
    expect(hub.office.alert(alert)?.handling).toBe('new')
  })

  it('takes the alert as an SMS would, goes back to the page, and says what to do', async () => {
    const hub = await startLinkBench()
    const alert = await hub.fall()
    const path = hub.link(DAUGHTER)
    hub.bench.clock.pass(2 * MINUTE)
    const posted = await hub.post(path, { do: 'take' })
    expect([posted.status, posted.headers.get('location')]).toEqual([303, path])
    expect(hub.office.alert(alert)).toMatchObject({ handling: 'acknowledged', handledBy: DAUGHTER })
    expect(hub.events(alert)).toContain('acknowledged contact:daughter link')
    const page = await hub.get(path)
    expect(page.text).toContain('Du tar det')
    expect(page.text).toContain('Ring først. Dra dit hvis ingen svarer.')
    expect(page.text).toContain('Siden kl. 03:14')
  })

  it('gives the same whatever is pressed twice', async () => {
    const hub = await startLinkBench()
    const alert = await hub.fall()
    const path = hub.link(DAUGHTER)
    await Promise.all([1, 2, 3].map(() => hub.post(path, { do: 'take' })))
    expect(hub.events(alert).filter((one) => one.startsWith('acknowledged'))).toHaveLength(1)
    const taken = hub.journalText()
    await hub.post(path, { do: 'take' })
    expect(hub.journalText()).toBe(taken)
    await Promise.all([1, 2, 3].map(() => hub.post(path, { do: 'cannot' })))
    expect(hub.events(alert).filter((one) => one.startsWith('declined'))).toHaveLength(1)
    expect(hub.office.alert(alert)?.handling).toBe('new')
    expect((await hub.get(path)).text).toContain('Takk, vi spør andre')
  })

  it('tells the next one at once when its reader cannot, who may think better of it', async () => {
    const hub = await startLinkBench()
    const alert = await hub.fall()
    const path = hub.link(DAUGHTER)
    await hub.post(path, { do: 'cannot' })
    expect(hub.message(SON)?.text).toContain('Mogleg fall')
    const page = await hub.get(path)
    expect(page.text).toContain('Takk, vi spør andre')
    expect(page.text).toContain('Jeg kan likevel')
    await hub.post(path, { do: 'take' })
    expect(hub.office.alert(alert)).toMatchObject({ handledBy: DAUGHTER })
  })

  it('says who was faster, by first name, and takes nothing from them', async () => {
    const hub = await startLinkBench()
    const alert = await hub.fall()
    const path = hub.link(DAUGHTER)
    await hub.bench.pass(2 * MINUTE)
    const sons = hub.link(SON)
    expect(sons).not.toBe(path)
    await hub.post(sons, { do: 'take' })
    const messages = hub.office.newestNotifications(50).length
    expect((await hub.post(path, { do: 'take' })).status).toBe(303)
    expect(hub.office.alert(alert)?.handledBy).toBe(SON)
    const page = await hub.get(path)
    expect(page.text).toContain('Per tar seg av det (03:14)')
    expect(page.text).not.toContain('<button')
    // The page said it: no SMS says it again.
    expect(hub.office.newestNotifications(50)).toHaveLength(messages)
    expect((await hub.get(sons)).text).toContain('<html lang="nn">')
  })

  it('can be given back, and asks anew after a second fall', async () => {
    const hub = await startLinkBench()
    const alert = await hub.fall()
    const path = hub.link(DAUGHTER)
    await hub.post(path, { do: 'take' })
    hub.bench.clock.pass(MINUTE)
    await hub.fall()
    expect((await hub.get(path)).text).toContain('Ingen har tatt det ennå.')
    await hub.post(path, { do: 'take' })
    await hub.post(path, { do: 'cannot' })
    expect(hub.office.alert(alert)?.handling).toBe('new')
  })

  it('says that it is over, and changes nothing then', async () => {
    const hub = await startLinkBench()
    const alert = await hub.fall()
    const path = hub.link(DAUGHTER)
    await hub.bench.take({ type: 'resolve', alert, by: 'operator:siv', via: 'console', cause: 'false' })
    const over = hub.journalText()
    expect((await hub.get(path)).text).toContain('Varselet er avsluttet (03:12)')
    await hub.post(path, { do: 'take' })
    await hub.post(path, { do: 'cannot' })
    expect(hub.journalText()).toBe(over)
  })

  it('does nothing for a form that is none of its own', async () => {
    const hub = await startLinkBench()
    await hub.fall()
    const path = hub.link(DAUGHTER)
    const before = hub.journalText()
    for (const form of [
      { do: 'resolve' },
      {},
      { do: 'on-the-way' },
      { do: 'send-code' },
      { do: 'sign-in', code: '000000' },
    ]) {
      expect((await hub.post(path, form as Record<string, string>)).status).toBe(303)
    }
    const plain = await fetch(`${hub.url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      body: 'x'.repeat(5000),
    })
    expect(plain.status).toBeGreaterThanOrEqual(400)
    const large = await hub.post(path, { do: 'take', x: 'x'.repeat(5000) })
    expect([large.status, large.headers.get('content-type')]).toEqual([413, 'text/html; charset=utf-8'])
    expect(hub.journalText()).toBe(before)
  })

  it('says no more of somebody’s health than the message, unless the home allows it', async () => {
    const hub = await startLinkBench()
    await hub.bench.say('fall-1', 'spo2', 80)
    const path = hub.link(DAUGHTER)
    await hub.post(path, { do: 'take' })
    const page = await hub.get(path)
    expect(page.text).toContain('Helsevarsel hos Mor')
    expect(page.text).not.toMatch(/oksygen/i)
    const home = hub.bench.core.home('h1')!
    await hub.bench.take({ type: 'home', home: { ...home, messages: { health: 'title' } } })
    expect((await hub.get(path)).text).toMatch(/Lite oksygen i blodet hos Mor[^]*Mål oksygenet på nytt/)
  })

  it('escapes what people wrote', async () => {
    const hub = await startLinkBench()
    const home = hub.bench.core.home('h1')!
    const personal = hub.office.personal('h1')!
    await hub.bench.core.takeHome(home, {
      ...personal,
      contacts: personal.contacts.map((one) => ({ ...one, alias: '<img src=x onerror=alert(1)>"&' })),
    })
    await hub.fall()
    const page = await hub.get(hub.link(DAUGHTER))
    expect(page.text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&amp;')
    expect(page.text).not.toContain('<img')
  })
})

describe('a link that opens nothing', () => {
  it('says what to do, in the language of the browser', async () => {
    const hub = await startLinkBench()
    const unknown = await hub.get(`/a/${'A'.repeat(22)}`, { 'accept-language': 'en-GB,en;q=0.9' })
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    expect(unknown.text).toContain('This link does not work')
    expect(unknown.headers.get('cache-control')).toBe('no-store')
    expect((await hub.get('/a/x')).text).toContain('Lenken virker ikke')
    expect((await hub.post(`/a/${'A'.repeat(22)}`, { do: 'take' })).status).toBe(404)
  })

  it('is over after 24 h, and works again where a new round of messages carries it', async () => {
    const hub = await startLinkBench()
    const alert = await hub.fall()
    const path = hub.link(DAUGHTER)
    await hub.post(path, { do: 'take' })
    hub.bench.clock.pass(24 * 60 * MINUTE)
    expect((await hub.get(path)).status).toBe(410)
    expect((await hub.get(path)).text).toContain('Lenken er for gammel')
    expect((await hub.post(path, { do: 'cannot' })).status).toBe(410)
    expect(hub.office.alert(alert)?.handling).toBe('acknowledged')
    await hub.fall()
    expect(hub.link(DAUGHTER)).toBe(path)
    expect((await hub.get(path)).status).toBe(200)
  })

  it('is over for whoever is no contact any more', async () => {
    const hub = await startLinkBench()
    await hub.fall()
    const path = hub.link(DAUGHTER)
    const home = hub.bench.core.home('h1')!
    await hub.bench.take({ type: 'home', home: { ...home, contacts: home.contacts.slice(1) } })
    expect((await hub.get(path)).status).toBe(410)
    expect((await hub.post(path, { do: 'take' })).status).toBe(410)
  })

  it('does not open another use of the same token', async () => {
    const hub = await startLinkBench()
    await hub.fall()
    expect((await hub.get(hub.link(DAUGHTER).replace('/a/', '/d/'))).status).toBe(404)
  })

  it('is slowed down when many are tried, and one that works is not', async () => {
    const hub = await startLinkBench()
    await hub.fall()
    const path = hub.link(DAUGHTER)
    const tries = await Promise.all(
      Array.from({ length: 40 }, (_, i) => hub.get(`/a/${String(i).padStart(22, 'A')}`)),
    )
    const statuses = tries.map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([404, 429]))
    expect(tries.at(-1)?.text ?? '').toContain('Vent litt')
    expect((await hub.get(path)).status).toBe(200)
    expect((await hub.post(path, { do: 'take' })).status).toBe(303)
  })
})

describe('the token of a link', () => {
  it('is in no log, whatever is done with it, and nowhere in the database', async () => {
    const hub = await startLinkBench()
    await hub.fall()
    const path = hub.link(DAUGHTER)
    const token = path.split('/')[2] ?? ''
    await hub.get(path)
    await hub.post(path, { do: 'take' })
    await hub.post(path, { do: 'take', x: 'x'.repeat(5000) })
    // The core fails under it: that is logged, without the address.
    hub.bench.core.stop()
    const failed = await hub.post(path, { do: 'cannot' })
    expect(failed.status).toBe(500)
    expect(failed.text).toContain('Svaret ditt er ikke tatt imot')
    expect(hub.logged()).toContain('What was asked by a link failed')
    expect(hub.logged()).not.toContain(token)
    expect(hub.journalText()).not.toContain(token)
  })

  it('is the same however often a message is rendered', async () => {
    const hub = await startLinkBench()
    await hub.fall()
    const first = hub.message(DAUGHTER)?.text
    hub.bench.clock.pass(30_000)
    expect(hub.message(DAUGHTER)?.text).toBe(first)
    expect(hub.bench.core.now()).toBe(NIGHT + 30_000)
  })
})

describe('messages', () => {
  it('carry the link last, in place of a reply that nobody would hear', async () => {
    const hub = await startLinkBench()
    await hub.fall()
    const { text = '' } = hub.message(DAUGHTER) ?? {}
    expect(text).toMatch(
      /^VARSEL: Mulig fall hos Mor kl 03:12\. Uten svar varsles neste om 2 min\. Svar her: https:\/\/hub\.example\.no\/a\/[\w-]{22}$/,
    )
    expect(text.length).toBeLessThanOrEqual(160)
  })

  it.each([
    [{ takesAnswers: true }, false],
    [{ takesAnswers: true, links: { sms: 'always' } }, true],
    [{ links: { sms: 'never' } }, false],
    [{ url: 'none' }, false],
  ])('by SMS with %j carry one: %s', async (options, isThere) => {
    const hub = await startLinkBench(options)
    await hub.fall()
    const { text = '' } = hub.message(DAUGHTER) ?? {}
    expect(text.includes('https://')).toBe(isThere)
    expect(text.includes('Svar 1 ')).toBe('takesAnswers' in options || !isThere)
  })
})
