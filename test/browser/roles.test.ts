import type { Page, Request, Response } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Areas, Role } from '../../hub/model/person.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { accessFaults, complaintsOf, eachConsole } from './open-console.ts'
import { EXAMPLE_PAGES, prepareExamples } from './page-examples.ts'
import type { ExamplePage } from './page-examples.ts'

interface Somebody {
  readonly who: string
  readonly roles: readonly [Role]
  readonly areas: Areas
}

const PEOPLE: readonly Somebody[] = [
  { who: 'an operator', roles: ['operator'], areas: 'all' },
  { who: 'an operator of Alta', roles: ['operator'], areas: ['Alta'] },
  { who: 'an installer', roles: ['installer'], areas: 'all' },
  { who: 'an admin', roles: ['admin'], areas: 'all' },
]

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  operator: 'Operator',
  installer: 'Installer',
  admin: 'Admin',
}

const opened = eachConsole({ once: true, prepare: ({ office }) => prepareExamples(office) })

/** What each of them finds at the pages. */
const pagesOf = ({ roles }: Somebody): readonly ExamplePage[] =>
  EXAMPLE_PAGES.map((one) => (roles[0] === 'installer' ? { ...one, ...one.forInstaller } : one))

/** What stands there instead of a page, as the page itself declares who it is for; undefined for those. */
function refusal({ entry: { roles, allAreas } }: ExamplePage, somebody: Somebody): string | undefined {
  if (roles && !roles.includes(somebody.roles[0])) {
    return `It is for: ${roles.map((role) => ROLE_NAMES[role]).join(', ')}.`
  }
  return allAreas && somebody.areas !== 'all' ? 'It is for people who see all areas.' : undefined
}

/** Follows what the page asks of the hub. */
function followRequests(page: Page) {
  const under = new Set<Request>()
  const refused: string[] = []
  // The stream of events never ends.
  page.on('request', (request) => void (request.url().endsWith('/api/live') || under.add(request)))
  page.on('requestfinished', (request) => under.delete(request))
  page.on('requestfailed', (request) => under.delete(request))
  page.on('response', (answer: Response) => {
    if (answer.status() >= 400) refused.push(`${answer.status()} ${new URL(answer.url()).pathname}`)
  })
  return {
    refused,
    /** Everything that was asked is answered, and shown. */
    async settled(): Promise<void> {
      await waitFor(
        'the page to have its answers',
        async () => under.size === 0 && (await page.locator('.loading').count()) === 0,
      )
    },
  }
}

describe.each(PEOPLE)('for $who', (somebody) => {
  let page: Page
  let complaints: string[]
  let requests: ReturnType<typeof followRequests>
  beforeAll(async () => {
    const { who, roles, areas } = somebody
    const id = who.replaceAll(' ', '-').toLowerCase()
    opened.office.people.add({ id, roles, areas })
    page = await opened.openAs(id)
    complaints = complaintsOf(page, opened.url)
    requests = followRequests(page)
  })

  it.each(pagesOf(somebody))('the page $address is there, or says for whom it is', async (example) => {
    complaints.length = 0
    requests.refused.length = 0
    await page.goto(`${opened.url}${example.address}`)
    const refused = refusal(example, somebody)
    await page
      .locator('#main')
      .getByText(refused ?? example.shows)
      .or(page.locator('header').getByText(refused ?? example.shows))
      .first()
      .waitFor()
    await requests.settled()
    expect(await page.locator('.fault').allInnerTexts()).toEqual([])
    expect(requests.refused).toEqual([])
    expect(complaints).toEqual([])
    expect(await page.getByRole('heading', { level: 1 }).innerText()).not.toBe('')

    const wrong = await linksOf(page)
    expect(wrong.filter((path) => !leadsSomewhere(path, somebody))).toEqual([])
    expect(await accessFaults(page, example.address === '/' ? 'dark' : 'light')).toEqual([])
  })

  it('acts are offered to whom the hub lets act', async () => {
    const mayAct = somebody.roles[0] !== 'admin'
    for (const path of ['/', '/alerts/a4']) {
      await page.goto(`${opened.url}${path}`)
      await page
        .locator('#main')
        .getByText('Battery low')
        .or(page.getByRole('heading', { level: 1 }))
        .first()
        .waitFor()
      await requests.settled()
      const acts = page.getByRole('button', { name: /^(Take it|Resolve)/ })
      expect((await acts.count()) > 0).toBe(mayAct)
    }
    // On the page of an alert there are no keys for it.
    await page.goto(opened.url)
    await page.locator('.row').first().waitFor()
    for (const key of ['j', 'Enter', 'r']) await page.keyboard.press(key)
    expect((await page.getByRole('dialog').count()) > 0).toBe(mayAct)
  })

  it('the navigation has what may be opened, and opens it', async () => {
    complaints.length = 0
    requests.refused.length = 0
    await page.goto(opened.url)
    const nav = page.getByRole('navigation', { name: 'Pages' })
    await nav.waitFor()
    const wanted = pagesOf(somebody).filter(
      (one, index) =>
        one.entry.area !== undefined &&
        refusal(one, somebody) === undefined &&
        EXAMPLE_PAGES.findIndex(({ entry }) => entry.area === one.entry.area) === index,
    )
    expect(wanted.length).toBeGreaterThan(1)
    const shown = () =>
      nav.getByRole('link').evaluateAll((links) => links.map((one) => one.getAttribute('href')))
    expect((await shown()).toSorted()).toEqual(wanted.map(({ address }) => address).toSorted())
    for (const { address, shows } of wanted) {
      await nav.locator(`a[href="${address}"]`).click()
      await page.getByText(shows).first().waitFor()
      await requests.settled()
      expect(await page.locator('.fault').allInnerTexts()).toEqual([])
      expect(await nav.locator('[aria-current=page]').getAttribute('href')).toBe(address)
    }
    expect(requests.refused).toEqual([])
    expect(complaints).toEqual([])
  })
})

it('for an operator of Alta what is of another area is not there, and the page says so', async () => {
  opened.office.people.add({ id: 'alta', roles: ['operator'], areas: ['Alta'] })
  const page = await opened.openAs('alta')
  for (const path of ['/homes/h2', '/alerts/a3']) {
    await page.goto(`${opened.url}${path}`)
    await page
      .getByText(/^Cannot find the (home "h2"|alert "a3")/)
      .first()
      .waitFor()
    expect(await page.getByText('Lia 2').count()).toBe(0)
  }
})

/** Where links and the like on the page lead, in the console. */
async function linksOf(page: Page): Promise<string[]> {
  const hrefs = await page
    .locator('a[href^="/"]')
    .evaluateAll((links) => links.map((one) => (one as HTMLAnchorElement).pathname))
  return hrefs.filter((path) => !path.startsWith('/api/'))
}

function leadsSomewhere(path: string, somebody: Somebody): boolean {
  return EXAMPLE_PAGES.some(
    (one) =>
      new RegExp(`^${one.entry.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(path) &&
      refusal(one, somebody) === undefined,
  )
}
