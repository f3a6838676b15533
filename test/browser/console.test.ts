import { NO_POLICIES } from '../../hub/alerts/policy.ts'
import { beforeEach, describe, expect, it } from 'vitest'
import { waitFor } from '../helpers/wait-for.ts'
import { exampleAlert, exampleAreaAlert, exampleNotification } from '../http/memory-office.ts'
import { eachConsole } from './open-console.ts'
import type { OpenConsole } from './open-console.ts'

const opened = eachConsole()
let office: OpenConsole['office']
let page: OpenConsole['page']
let url: string
let complaints: string[]
beforeEach(() => {
  ;({ office, page, url, complaints } = opened)
})

async function signIn(): Promise<void> {
  await opened.open('/')
  await page.getByText('Nothing needs a human.').waitFor()
}

const fall = () => {
  const now = Date.now()
  return exampleAlert({ raisedAt: now, openedAt: now, lastAt: now, nextStepAt: now + 120_000 })
}

describe('the sign-in page', () => {
  it('signs in by name and password, and says what is wrong with them', async () => {
    office.people.add({ id: 'mona', roles: ['operator'], areas: 'all' })
    await office.people.setPassword('mona', 'correct horse battery staple')
    await page.goto(`${url}/sign-in`)
    await page.getByLabel('Name').fill('mona')
    await page.getByLabel('Password').fill('wrong wrong wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('The name or the password is wrong').waitFor()
    await page.getByLabel('Name').fill('mona')
    await page.getByLabel('Password').fill('correct horse battery staple')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Nothing needs a human.').waitFor()
  })

  it('says it when somebody’s organisation did not sign them in', async () => {
    await page.goto(`${url}/sign-in?refused=no-role`)
    await page.getByText('not as somebody who may use this hub').waitFor()
    expect(page.url()).toBe(`${url}/sign-in`)
  })

  it('signs in by link, and leaves no token in the address bar or the history', async () => {
    await page.goto(opened.linkOf('siv'))
    await page.getByText('Nothing needs a human.').waitFor()
    expect(page.url()).toBe(`${url}/`)
    await page.goBack()
    expect(page.url()).not.toContain('#')
    expect(complaints).toEqual([])
  })

  it('says why a used link does not work', async () => {
    await page.goto(`${url}/sign-in#used`)
    await page
      .getByRole('alert')
      .getByText(/^This link was used before/)
      .waitFor()
    expect(page.url()).toBe(`${url}/sign-in`)
    await page.getByLabel('Sign-in link').fill(opened.linkOf('siv'))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Nothing needs a human.').waitFor()
  })
})

describe('the board', () => {
  it('says calmly when the hub was away; the phone page too', async () => {
    const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000
    office.wasAway = [
      { from: minutesAgo(14), until: minutesAgo(10) },
      { from: minutesAgo(91), until: minutesAgo(90) },
    ]
    await signIn()
    const line = page.getByText(
      /The hub was away from \d\d:\d\d to \d\d:\d\d \(4 min\), and 1 more time before\./,
    )
    await line.waitFor()
    await page.goto(`${url}/phone`)
    await line.waitFor()
    expect(complaints).toEqual([])
  })

  it('shows an alert live, takes it, and resolves it with a cause', async () => {
    await signIn()
    office.put({ alerts: [fall()], notifications: [exampleNotification({ queuedAt: Date.now() })] })
    const row = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: 'Possible fall' }) })
    await row.waitFor()
    const text = (await row.innerText()).replaceAll(/\s+/g, ' ')
    expect(text).toMatch(/High.*Storgata 5.*bathroom · Kari N\..*UNANSWERED/)
    expect(text).toMatch(/SMS Anne delivered \d\d:\d\d.*Per in 2 min/)
    expect(await page.title()).toBe('(1) AAL hub')

    await row.getByRole('button', { name: 'Take it' }).click()
    await row.getByText('taken by you').waitFor()
    await row.getByRole('button', { name: 'Resolve' }).click()
    const dialog = page.getByRole('dialog', { name: 'Resolve: Possible fall' })
    const resolve = dialog.getByRole('button', { name: /^Resolve/ })
    expect(await resolve.isDisabled()).toBe(true)
    await dialog.getByText('Pet').click()
    await dialog.getByLabel(/^Comment/).fill('the cat')
    await resolve.click()
    await page.getByText('Nothing needs a human.').waitFor()
    await page.getByText('Resolved this shift (1)').click()
    await page.getByText(/Pet · resolved by siv/).waitFor()
    expect(office.taken).toEqual([
      { type: 'acknowledge', alert: 'a1', by: 'operator:siv', via: 'console' },
      { type: 'resolve', alert: 'a1', by: 'operator:siv', via: 'console', cause: 'pet', comment: 'the cat' },
    ])
    expect(complaints).toEqual([])
  })

  it('says what became of each message and who cannot be reached, and takes notes and who goes there', async () => {
    await signIn()
    const queuedAt = Date.now()
    const step = { to: { type: 'oncall' as const, rota: 'care-centre' }, by: ['sms' as const], wait: 60_000 }
    const use = { category: ['safety' as const], severity: ['high' as const] }
    const policy = { id: 'p', use, steps: [step] as const, repeat: { from: 0, every: 60_000 } }
    office.policySet = { ...NO_POLICIES, policies: new Map([['p', policy]]) }
    const declined = { alert: 'a1', now: queuedAt, at: queuedAt, what: 'declined' as const, via: 'sms' }
    office.put({
      alerts: [fall()],
      notifications: [exampleNotification({ queuedAt })],
      events: [{ ...declined, by: 'contact:daughter' }],
    })
    const row = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: 'Possible fall' }) })
    await row.getByText(/cannot \d\d:\d\d/).waitFor()
    await row.getByText('nobody is on call: care-centre').waitFor()

    await row.getByRole('button', { name: 'Possible fall' }).click()
    await row.getByLabel('Note (no names)').fill('key outside')
    await row.getByRole('button', { name: 'Add' }).click()
    await row.getByLabel('Hand on to …').selectOption({ label: 'Per' })
    await row.getByRole('button', { name: 'Ask' }).click()
    await row.getByText('Per was asked to take it').waitFor()
    await row.getByRole('button', { name: 'On the way' }).click()
    await row.getByText(/siv is on the way \d\d:\d\d/).waitFor()
    await row.getByRole('button', { name: 'Arrived' }).click()
    await row.getByText(/siv is there/).waitFor()
    const who = { alert: 'a1', by: 'operator:siv', via: 'console' }
    expect(office.taken).toEqual([
      { type: 'comment', text: 'key outside', ...who },
      { type: 'hand-on', to: 'contact:son', ...who },
      { type: 'attend', what: 'on-the-way', ...who },
      { type: 'attend', what: 'arrived', ...who },
    ])
    expect(complaints).toEqual([])
  })

  it('shows many homes of an area as one row, with a list by risk that stays open while it changes', async () => {
    await signIn()
    const since = Date.now()
    const outage = (...ids: readonly string[]) =>
      exampleAreaAlert(
        ids.map((home, index) => ({ home, since, risk: Math.max(1, 3 - index) })),
        { raisedAt: since, openedAt: since, lastAt: since },
      )
    office.put({ alerts: [outage('h1', 'h2', 'h3', 'h4', 'h5')] })
    const row = page.getByRole('listitem').filter({ hasText: 'No contact with many homes at once' })
    await row.waitFor()
    expect((await row.innerText()).replaceAll(/\s+/g, ' ')).toMatch(/Medium.*Vardø 5 homes.*UNANSWERED/)
    await row.getByText('5 homes, highest risk first · 7 at most').click()
    const list = row.locator('.homes li')
    expect(await list.allInnerTexts()).toEqual([
      expect.stringMatching(/^Storgata 5\s+risk 3\s+\d\d:\d\d$/),
      expect.stringMatching(/^h2\s+risk 2/),
      ...['h3', 'h4', 'h5'].map((home) => expect.stringMatching(new RegExp(`^${home}\\s+risk 1`))),
    ])
    office.put({ alerts: [outage('h2', 'h4', 'h5')] })
    await row.getByText('3 homes, highest risk first').waitFor()
    expect(await list.first().innerText()).toMatch(/^h2/)
    expect(await list.count()).toBe(3)
    await row.getByRole('button', { name: 'Take it' }).click()
    await row.getByText('taken by you').waitFor()
    expect(complaints).toEqual([])
  })

  it('shows which program raised an alert, and its words as words', async () => {
    await signIn()
    const now = Date.now()
    const about = { rule: 'from:node-red', scope: 'hub/ups', raisedBy: 'token:node-red' }
    const title = { en: '<b>UPS</b> on battery' }
    const technical = { category: 'technical', resolve: 'auto', severity: 'low' } as const
    const {
      home: _,
      advice: _advice,
      ...raised
    } = exampleAlert({
      ...about,
      ...technical,
      title,
      detail: { reason: '<i>80 %</i>' },
      raisedAt: now,
      openedAt: now,
      lastAt: now,
    })
    office.put({ alerts: [raised] })
    const row = page.getByRole('listitem').filter({ hasText: '<b>UPS</b> on battery' })
    await row.getByText('raised by node-red').waitFor()
    await page.goto(`${url}/alerts/a1`)
    await page.getByText('The program that raised it says nothing about that.').waitFor()
    await page.getByText('Raised by').waitFor()
    await page.getByText('<i>80 %</i>').first().waitFor()
    await page.getByText('Another program said it. No rule of the hub watches it.').waitFor()
    expect(complaints).toEqual([])
  })

  it('works by keys alone', async () => {
    await signIn()
    office.put({
      alerts: [fall(), { ...fall(), id: 'a2', severity: 'low', title: { en: 'Gateway silent' } }],
    })
    await page.getByText('Gateway silent').waitFor()
    const legend = page.locator('.legend')
    expect(await legend.innerText()).toMatch(/^j selects/)
    // Nothing is chosen yet: the first press only chooses, whichever key it is.
    await page.keyboard.press('Enter')
    await page.locator('.row[aria-current]', { hasText: 'Possible fall' }).waitFor()
    expect(await legend.innerText()).toMatch(/^j\s*\/\s*k move/)
    expect(office.taken).toEqual([])
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByText('taken by you').waitFor()
    await page.keyboard.press('r')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('3')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Gateway silent' }).waitFor({ state: 'hidden' })
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(office.taken).toMatchObject([
      { type: 'acknowledge', alert: 'a2' },
      { type: 'resolve', alert: 'a2', cause: 'test' },
    ])
    await page.keyboard.press('?')
    await page
      .getByRole('dialog', { name: 'Keys and settings' })
      .getByText(/first press .* selects/)
      .waitFor()
    expect(complaints).toEqual([])
  })

  it('flashes only what is high or medium and unanswered, and not with reduced motion', async () => {
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    await signIn()
    office.put({
      alerts: [
        fall(),
        { ...fall(), id: 'a2', severity: 'medium' },
        { ...fall(), id: 'a3', severity: 'low' },
        { ...fall(), id: 'a4', handling: 'acknowledged' },
      ],
    })
    await waitFor('four rows', async () => (await page.locator('.row').count()) === 4)
    const flashing = () =>
      page.locator('.row').evaluateAll((rows) =>
        rows.map((row) => {
          const { animationName, animationDuration } = getComputedStyle(row, '::before')
          return animationName === 'flash' ? animationDuration : 'still'
        }),
      )
    expect(await flashing()).toEqual(['0.5s', 'still', '1.667s', 'still'])
    await page.emulateMedia({ reducedMotion: 'reduce' })
    expect(await flashing()).toEqual(['still', 'still', 'still', 'still'])
    expect(
      await page
        .locator('.row')
        .first()
        .evaluate((row) => getComputedStyle(row).borderStyle),
    ).toBe('double')
  })

  it('keeps a flashing mark whole and bright', async () => {
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    await signIn()
    office.put({ alerts: [fall(), { ...fall(), id: 'a2', severity: 'medium' }] })
    await waitFor('two rows', async () => (await page.locator('.row').count()) === 2)
    const looks = await page.locator('.row .mark').evaluateAll((marks) =>
      marks.map((mark) => {
        const path = mark.querySelector('path')
        const [flash] = path?.getAnimations() ?? []
        if (!path || !flash) return 'still'
        flash.pause()
        const duration = Number(flash.effect?.getComputedTiming().duration)
        return [0.25, 0.75].map((part) => {
          flash.currentTime = duration * part
          // As it is painted, whatever the notation of the colour is.
          const paint = new OffscreenCanvas(1, 1).getContext('2d')
          if (!paint) return []
          paint.fillStyle = getComputedStyle(path).fill
          paint.fillRect(0, 0, 1, 1)
          const opacities = [path, path.parentElement, mark].map(
            (one) => one && getComputedStyle(one).opacity,
          )
          return [
            Math.max(...paint.getImageData(0, 0, 1, 1).data.slice(0, 3)) > 200,
            ...opacities,
            getComputedStyle(path).fill,
          ]
        })
      }),
    )
    for (const look of looks) {
      const [first, second] = look as unknown[][]
      for (const phase of [first, second]) expect(phase?.slice(0, 4)).toEqual([true, '1', '1', '1'])
      expect(first?.[4]).not.toBe(second?.[4])
    }
  })

  it('counts what nobody has, and people in trouble; not what is taken and small or technical', async () => {
    await signIn()
    const taken = { ...fall(), handling: 'acknowledged' } as const
    office.put({
      alerts: [
        { ...fall(), severity: 'low' },
        { ...taken, id: 'a2', severity: 'medium' },
        { ...taken, id: 'a3', severity: 'low' },
        { ...taken, id: 'a4', severity: 'high', category: 'technical' },
      ],
    })
    await waitFor('four rows', async () => (await page.locator('.row').count()) === 4)
    await page.getByText('2 need a human').waitFor()
    expect(await page.title()).toBe('(2) AAL hub')
    await page.getByText('1 unanswered').waitFor()
  })

  it('says in words what is a test, in which modes the home is, and when rule files are refused', async () => {
    const problem = { file: 'falls.yaml', line: 2, column: 1, message: 'Cannot read this.' }
    office.refusedRules = { at: Date.now(), reason: 'Cannot use the rules', problems: [problem] }
    const order = { by: 'operator:ola', via: 'cli', on: true } as const
    await office.setMode('h1', { ...order, mode: 'maintenance' })
    await office.setMode('h1', { ...order, mode: 'carer' })
    await signIn()
    office.put({ alerts: [{ ...fall(), test: true }] })
    const row = page.locator('.row[data-test]')
    await row.getByRole('heading', { name: 'TEST · Possible fall' }).waitFor()
    expect((await row.innerText()).replaceAll(/\s+/g, ' ')).toMatch(
      /Storgata 5 bathroom · Kari N\. maintenance until \d\d:\d\d carer there/,
    )
    const bar = page.getByRole('status').filter({ hasText: 'falls.yaml' })
    expect(await bar.innerText()).toMatch(/^◆ Errors in the rule files: falls\.yaml .* aal rules status$/)
    await office.setMode('h1', { ...order, mode: 'maintenance', on: false })
    await row.getByText('maintenance').waitFor({ state: 'hidden' })
    await row.getByText('carer there').waitFor()
    expect(complaints).toEqual([])
  })

  it('names the clock where the homes have another time', async () => {
    await signIn()
    office.put({ alerts: [fall()] })
    await page.getByText('Possible fall').waitFor()
    const clock = page.locator('.tools .clock')
    expect(await clock.innerText()).toMatch(/^\d\d:\d\d:\d\d$/)
    const there = await opened.openAs('ola', '/', { timezoneId: 'Asia/Tokyo' })
    await there.locator('.clock', { hasText: /^\d\d:\d\d:\d\d here$/ }).waitFor()
  })

  it('says so when the hub is gone, and comes back by itself', async () => {
    await signIn()
    office.put({ alerts: [fall()] })
    await page.getByText('Possible fall').waitFor()
    await opened.stopHub()
    await page.getByText(/^No contact since \d\d:\d\d:\d\d – what you see is old$/).waitFor()
    expect(
      await page.locator('main').evaluate((main) => Number(getComputedStyle(main).opacity)),
    ).toBeLessThan(0.5)

    office.put({ alerts: [{ ...fall(), title: { en: 'Second fall' } }] })
    await opened.startHub()
    await page.getByText('Second fall').waitFor()
    await page.getByText(/^No contact/).waitFor({ state: 'hidden' })
  })

  it('has in its list what was resolved while the stream was broken for a moment', async () => {
    await signIn()
    office.put({ alerts: [fall()] })
    await page.getByText('Possible fall').waitFor()
    await opened.stopHub()
    const by = { by: 'operator:per', via: 'console' } as const
    await office.core.take({ type: 'resolve', alert: 'a1', cause: 'real', ...by })
    await opened.startHub()
    await page.getByText('Resolved this shift (1)').waitFor()
  })

  it('goes by the stream, where the answer to an act comes later than what happened after it', async () => {
    await signIn()
    office.put({ alerts: [fall()] })
    await page.route('**/acknowledge', async (route) => {
      const answer = await route.fetch()
      const by = { by: 'operator:per', via: 'console' } as const
      await office.core.take({ type: 'take-over', alert: 'a1', ...by })
      await page.getByText('taken by per').waitFor()
      await route.fulfill({ response: answer })
    })
    await page.getByRole('button', { name: 'Take it' }).click()
    await page.locator('.row .action button:enabled', { hasText: 'Resolve' }).waitFor()
    expect(await page.locator('.row .taken').innerText()).toBe('taken by per')
  })

  it('keeps what was typed until the hub has it, and does not say that nothing was done', async () => {
    await signIn()
    office.put({ alerts: [{ ...fall(), handling: 'acknowledged', handledBy: 'operator:siv' }] })
    await page.getByRole('button', { name: 'Possible fall' }).click()
    await page.route(/\/(comment|resolve)$/, (route) => route.abort())
    const note = page.getByLabel('Note (no names)')
    await note.fill('key outside')
    await note.press('Enter')
    const unsure = page.locator('.toast', { hasText: 'It may have been done all the same' })
    await unsure.waitFor()
    expect(await note.inputValue()).toBe('key outside')
    await page.getByRole('button', { name: 'Resolve' }).click()
    const dialog = page.getByRole('dialog', { name: 'Resolve: Possible fall' })
    await dialog.getByText('Pet').click()
    await dialog.getByLabel(/^Comment/).fill('the cat')
    await dialog.getByRole('button', { name: /^Resolve/ }).click()
    await waitFor('both to be said', async () => (await unsure.count()) === 2)
    expect(await dialog.getByLabel(/^Comment/).inputValue()).toBe('the cat')
    await page.unroute(/\/(comment|resolve)$/)
    await dialog.getByRole('button', { name: /^Resolve/ }).click()
    await page.getByText('Nothing needs a human.').waitFor()
    expect(office.taken).toMatchObject([{ type: 'resolve', cause: 'pet', comment: 'the cat' }])
  })

  it('asks to sign in again when the session is over', async () => {
    await signIn()
    office.put({ alerts: [fall()] })
    await page.getByText('Possible fall').waitFor()
    await page.request.delete(`${url}/api/session`, { headers: { 'x-aal': '1' } })
    await page.getByRole('button', { name: 'Take it' }).click()
    await page.getByLabel('Sign-in link').waitFor()
    expect(office.taken).toEqual([])
  })

  it('speaks Norwegian to Norwegian browsers, and keeps what was chosen', async () => {
    await signIn()
    office.put({ alerts: [fall()] })
    await page.getByRole('button', { name: 'Possible fall' }).click()
    await page.getByText('First: Call the home.').waitFor()
    await page.keyboard.press('?')
    await page.getByRole('button', { name: 'Norsk' }).click()
    await page.getByRole('button', { name: 'Lukk' }).click()
    await page.getByRole('heading', { name: 'Mulig fall' }).waitFor()
    await page.getByText('Først: Ring hjem til personen.').waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Mulig fall' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('nb')
  })

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await signIn()
    office.put({ alerts: [fall()], notifications: [exampleNotification()] })
    await page.getByRole('button', { name: 'Take it' }).waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(360)
    const small = await page.locator('button, a, summary').evaluateAll((targets) =>
      targets.flatMap((target) => {
        const { width: wide, height } = target.getBoundingClientRect()
        return wide > 0 && (wide < 40 || height < 40) ? [`${target.textContent}: ${wide} x ${height}`] : []
      }),
    )
    expect(small).toEqual([])
  })
})

describe('the phone page', () => {
  it('shows a message live and answers as the contact', async () => {
    await signIn()
    await page.getByRole('button', { name: 'Keys and settings' }).click()
    await page.getByRole('link', { name: 'Phones' }).click()
    await page.getByText('No messages yet.').waitFor()
    office.put({ alerts: [fall()], notifications: [exampleNotification({ queuedAt: Date.now() })] })
    const phone = page.getByRole('article', { name: 'Anne' })
    await phone.getByText(/^VARSEL: Mulig fall hos Mor/).waitFor()

    await phone.getByLabel('Answer').fill('who is this?')
    await phone.getByRole('button', { name: 'Send' }).click()
    await phone.getByText('The hub could not tell what this was an answer to.').waitFor()

    // In the language of the phone, whatever the console's.
    await phone.getByRole('button', { name: '1 4821 jeg tar det' }).click()
    await phone.getByText('1 4821', { exact: true }).waitFor()
    await waitFor(
      'the quick replies to go',
      async () => (await phone.getByRole('button', { name: '4821' }).count()) === 0,
    )
    expect(office.taken).toMatchObject([
      { type: 'acknowledge', alert: 'a1', by: 'contact:daughter', via: 'sms' },
    ])
    expect(complaints).toEqual([])
  })
})

describe('the phone page on a phone', () => {
  it('keeps idle phones low, and tells the time of their home', async () => {
    const at = Date.UTC(2026, 10, 21, 2, 13)
    office.put({
      alerts: [{ ...fall(), handling: 'acknowledged' }],
      notifications: [exampleNotification({ queuedAt: at })],
    })
    const viewport = { width: 390, height: 844 }
    const small = await opened.openAs('siv', '/', { timezoneId: 'Asia/Tokyo', viewport })
    await small.getByText('Possible fall').waitFor()
    await small.goto(`${url}/phone`)
    const phone = small.getByRole('article', { name: 'Anne' })
    await phone.getByText('03:13').waitFor()
    expect((await phone.boundingBox())?.height).toBeLessThan(360)
  })
})

describe('the API page', () => {
  it('opens under the policy, with nothing from elsewhere', async () => {
    await page.goto(`${url}/api/docs/`)
    await page.getByText('Take an alert: escalation stops').waitFor()
    expect(complaints).toEqual([])
  })
})
