import { describe, expect, it } from 'vitest'
import { OUTSIDE, RULES, startLinkBench } from './link-bench.ts'
import type { LinkBench, LinkBenchOptions } from './link-bench.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WHO = { by: 'operator:siv', via: 'cli' }
const QUIET = `  - { id: quiet, title: Q, category: safety, severity: medium, absent: { of: [motion], for: 7d } }\n`

/** A home in which somebody was up at 01:12, and whose daughter may see how it is. */
async function lived(options: LinkBenchOptions = {}): Promise<LinkBench> {
  const hub = await startLinkBench(options)
  const { bench } = hub
  const [file] = RULES
  await bench.take({ type: 'rules', files: [{ name: 'rules.yaml', text: `${file?.text}${QUIET}` }] })
  const home = bench.core.home('h1')
  if (!home) throw new Error('h1 is not there')
  const hall = { id: 'hall', profile: 'p', address: 'hall', heardEvery: 30 * DAY, kinds: ['motion'] }
  const consent = { status: { is: 'given' as const, since: 0 } }
  await bench.take({
    type: 'home',
    home: {
      ...home,
      sensors: [hall],
      contacts: home.contacts.map((one) => (one.id === 'nurse' ? one : { ...one, consent })),
    },
  })
  await bench.say('hall', 'motion', true)
  await bench.pass(13 * HOUR)
  await bench.say('hall', 'motion', true)
  await bench.pass(2 * HOUR)
  return hub
}

async function pathOf(hub: LinkBench, contact = 'daughter'): Promise<string> {
  const { url } = await hub.office.makeStatusLink('h1', contact, WHO)
  return url.slice(OUTSIDE.length)
}

/** The text of a page, as somebody reads it. */
const read = (page: { readonly text: string }): string =>
  page.text
    .replace(/<title>.*<\/title>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')

describe('the status page', () => {
  it('says in one sentence how it is, and in three lines what is known; no name, address, room, value or number of things', async () => {
    const hub = await lived()
    const page = await hub.get(await pathOf(hub))
    expect(page.status).toBe(200)
    expect(page.text).toContain('<html lang="nb">')
    expect(read(page)).toContain(
      'Alt rolig hos Mor. Aktivitet Sist sett i ettermiddag. Utstyret Sensorene virker. Varsler Ingen åpne.',
    )
    expect(read(page)).toContain('Slik var det kl. 18:12. Siden endrer seg ikke av seg selv. Se på nytt')
    expect(page.text).toContain('href="tel:+4775000000"')
    for (const hidden of [
      'Storgata',
      'Kanarigata',
      'Nordmann',
      'hall',
      'bathroom',
      '+47900',
      'script',
      'style=',
    ]) {
      expect(page.text).not.toContain(hidden)
    }
  })

  it('is in the language of its reader', async () => {
    const hub = await lived()
    const page = await hub.get(await pathOf(hub, 'son'))
    expect(page.text).toContain('<html lang="nn">')
    expect(read(page)).toContain('Alt roleg hos Mor.')
  })

  it('never says that all is well while an alert is open, and says who has it', async () => {
    const hub = await lived()
    const path = await pathOf(hub)
    await hub.bench.say('hall', 'fall', 'detected')
    expect(read(await hub.get(path))).toContain('Det er et varsel hos Mor nå. Ingen har tatt det ennå.')
    const { id } = hub.bench.alert('fall')
    await hub.bench.take({ type: 'acknowledge', alert: id, by: 'contact:son', via: 'sms' })
    expect(read(await hub.get(path))).toContain('Per tar seg av det.')
    await hub.bench.take({ type: 'resolve', alert: id, by: 'operator:siv', via: 'cli', cause: 'real' })
    expect(read(await hub.get(path))).toContain('Ingen åpne. Ett ble avsluttet 18:12.')
  })

  it('may not be kept, indexed or told to others by the browser', async () => {
    const hub = await lived()
    const { headers } = await hub.get(await pathOf(hub))
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-robots-tag')).toContain('noindex')
    expect(headers.get('set-cookie')).toBeNull()
  })

  it('leaves a trace of each reading, and changes nothing else', async () => {
    const hub = await lived()
    const path = await pathOf(hub)
    const before = hub.bench.core.day('h1')
    await fetch(`${hub.url}${path}`, { method: 'HEAD' })
    expect(hub.journalText()).not.toContain('"what":"read"'.replaceAll('"', '\\"'))
    await hub.get(path)
    expect(hub.journalText()).toContain(
      '{"type":"status","what":"read","home":"h1","contact":"daughter","by":"contact:daughter","via":"link"}'.replaceAll(
        '"',
        '\\"',
      ),
    )
    expect(hub.bench.core.day('h1')).toEqual(before)
    expect((await hub.post(path, { do: 'take' })).status).toBe(404)
    expect(hub.logged() + hub.journalText()).not.toContain(path.slice(3))
  })

  it('works for seven days', async () => {
    const hub = await lived()
    const path = await pathOf(hub)
    await hub.bench.pass(7 * DAY - MINUTE)
    expect((await hub.get(path)).status).toBe(200)
    await hub.bench.pass(2 * MINUTE)
    expect((await hub.get(path)).status).toBe(410)
    expect(await pathOf(hub)).toBe(path)
    expect((await hub.get(path)).status).toBe(200)
  })

  it.each([
    [
      'STOP',
      {
        type: 'stop',
        on: true,
        contacts: [{ home: 'h1', contact: 'daughter' }],
        staff: [],
        via: 'sms',
      },
      {
        type: 'stop',
        on: false,
        contacts: [{ home: 'h1', contact: 'daughter' }],
        staff: [],
        via: 'sms',
      },
    ],
    [
      'a withdrawn consent',
      { type: 'consent', home: 'h1', contact: 'daughter', give: [], withdraw: ['status'], ...WHO },
      { type: 'consent', home: 'h1', contact: 'daughter', give: ['status'], withdraw: [], ...WHO },
    ],
  ] as const)('is closed by %s, for good: what follows is another link', async (_name, ends, begins) => {
    const hub = await lived()
    const path = await pathOf(hub)
    await hub.bench.take(ends)
    const closed = await hub.get(path)
    expect(closed.status).toBe(410)
    expect(read(closed)).toContain('eller du får ikke lenger se hvordan det går')
    expect(read(closed)).not.toContain('for gammel')
    await expect(pathOf(hub)).rejects.toThrow('no consent')
    await hub.bench.take(begins)
    expect((await hub.get(path)).status).toBe(410)
    const next = await pathOf(hub)
    expect(next).not.toBe(path)
    expect((await hub.get(next)).status).toBe(200)
  })

  it('is not opened by the link of an alert, nor the other way round, nor by guessing', async () => {
    const hub = await lived()
    const path = await pathOf(hub)
    expect((await hub.get(path.replace('/s/', '/a/'))).status).toBe(404)
    await hub.bench.say('hall', 'fall', 'detected')
    expect((await hub.get(hub.link('contact:daughter').replace(/^\/[ad]\//, '/s/'))).status).toBe(404)
    expect((await hub.get('/s/AAAAAAAAAAAAAAAAAAAAAA')).status).toBe(404)
  })

  it('is made for nobody without consent, and not without an outside address', async () => {
    await expect(pathOf(await lived(), 'nurse')).rejects.toThrow('has given no consent to "status"')
    await expect(pathOf(await lived(), 'nobody')).rejects.toThrow('there is no contact "nobody"')
    await expect(pathOf(await lived({ url: 'none' }))).rejects.toThrow('no http.url')
  })
})

describe('an SMS that asks how things are', () => {
  it('is answered with the link', async () => {
    const hub = await lived()
    expect(await hub.office.takeAnswer('+4790000001', 'Status?')).toEqual({
      matched: true,
      reason: 'asked for the status',
    })
    const { text = '' } = hub.message('contact:daughter') ?? {}
    expect(text).toMatch(
      /^Slik går det hos Mor: https:\/\/hub\.example\.no\/s\/[\w-]{22} Lenken er bare for deg, og virker til 29\.11 18:12\.$/,
    )
    expect(text.length).toBeLessThanOrEqual(160)
    expect((await hub.get(/\/s\/[\w-]+/.exec(text)?.[0] ?? '')).status).toBe(200)
  })

  it('is answered that there is none where there is no consent', async () => {
    const hub = await lived()
    await hub.office.takeAnswer('+4790000003', 'HOW')
    expect(hub.message('contact:nurse')?.text).toBe(
      'We cannot send you how things are in the home you look after. The care centre can arrange it.',
    )
  })

  it('is answered a few times an hour', async () => {
    const hub = await lived()
    const asked = []
    for (let i = 0; i < 6; i++) asked.push((await hub.office.takeAnswer('+4790000001', 'hvordan')).reason)
    expect(asked.filter((reason) => reason === 'asked for the status')).toHaveLength(4)
    await hub.bench.pass(HOUR + MINUTE)
    expect((await hub.office.takeAnswer('+4790000001', 'hvordan')).reason).toBe('asked for the status')
  })

  it('takes the alert whose code is there, whatever other number stands beside it', async () => {
    const hub = await lived()
    await hub.bench.say('hall', 'fall', 'detected')
    const { code } = hub.bench.alert('fall')
    const other = code === '2026' ? '2027' : '2026'
    await hub.office.takeAnswer('+4790000001', `1 ${code} kommer 0845, ${other}`)
    expect(hub.bench.alert('fall')).toMatchObject({ handling: 'acknowledged', handledBy: 'contact:daughter' })
    await hub.bench.pass(MINUTE)
    expect(hub.message('contact:daughter')?.text).toContain('Du tar deg av varselet hos Mor')
  })

  it('is an answer where it says anything else, and from a stranger nothing', async () => {
    const hub = await lived()
    expect((await hub.office.takeAnswer('+4790000001', '1 4821 status ok')).reason).not.toContain('status')
    expect(await hub.office.takeAnswer('+4790000099', 'status')).toMatchObject({ matched: false })
  })
})
