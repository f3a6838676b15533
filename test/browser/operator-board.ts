import type { Browser, Locator } from 'playwright-core'
import type { ChosenCause } from '../../hub/console/board/resolve-dialog.tsx'
import type { HubProcess } from '../helpers/hub-process.ts'
import { waitFor } from '../helpers/wait-for.ts'
import type { ShownAlert, ShownLists } from './night-kept.ts'
import { complaintsOf, newPage, signIn } from './open-console.ts'

type Way = 'keys' | 'mouse'

/** In the order of their keys. */
const CAUSES: readonly ChosenCause[] = ['real', 'false', 'test', 'pet', 'visitor', 'equipment', 'other']
/** It is some hours into the night shift, whenever the test runs: no shift ends in it. */
const NIGHT_HOUR = 1
/** What a browser says of a hub that is away, or that somebody was faster. */
const EXPECTED = /^Failed to load resource: (net::ERR_|the server responded with a status of 409)/

export type Board = Awaited<ReturnType<typeof openBoard>>

/** An operator signs in, and works on the board as people do. Each act waits until the board shows it as done. */
export async function openBoard(browser: Browser, hub: HubProcess, id: string) {
  await hub.api('POST', '/api/people', { id, roles: ['operator'] })
  const link = await hub.api<{ signIn: string }>('POST', `/api/people/${id}/sign-in-link`)
  const east = NIGHT_HOUR - new Date().getUTCHours()
  const page = await newPage(browser, {
    // Etc/GMT+5 is west of Greenwich, and there are 14 hours to the east but 12 to the west.
    timezoneId: `Etc/GMT${east < -12 ? `-${east + 24}` : east > 0 ? `-${east}` : `+${-east}`}`,
  })
  const complaints = complaintsOf(page, hub.url)
  await signIn(page, link.signIn)
  await page.evaluate(() => Object.assign(window, { stays: true }))

  const done: string[] = []
  const note = (label: string, what: string, text = ''): void => {
    done.push(`${label} ${what} operator:${id}: ${text}`)
  }
  const row = (label: string): Locator =>
    page.locator('.row', { has: page.locator(`.home:text-is("${label}")`) })
  const button = (label: string, text: string): Locator =>
    row(label).getByRole('button', { name: text, exact: true })

  async function select(label: string): Promise<void> {
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
    await waitFor(
      `${label} to be selected`,
      async () => {
        const [at, wanted] = await page
          .locator('.row')
          .evaluateAll(
            (rows, text) => [
              rows.findIndex((one) => one.hasAttribute('aria-current')),
              rows.findIndex((one) => one.querySelector('.home')?.textContent === text),
            ],
            label,
          )
        if (at === wanted) return true
        await page.keyboard.press((at ?? -1) < (wanted ?? -1) ? 'j' : 'k')
        return false
      },
      { interval: 1 },
    )
  }

  async function open(label: string): Promise<void> {
    const title = row(label).locator('.title')
    if ((await title.getAttribute('aria-expanded')) !== 'true') await title.click()
    await row(label).locator('.history').waitFor()
  }

  async function take(label: string, way: Way): Promise<void> {
    if (way === 'keys') {
      await select(label)
      await page.keyboard.press('Enter')
    } else {
      await row(label)
        .getByRole('button', { name: /^Take it/ })
        .click()
    }
    await row(label).getByText('taken by you').waitFor()
    note(label, 'acknowledged')
  }

  /** Up to the last press of Enter. */
  async function beginToResolve(label: string, cause: ChosenCause, way: Way): Promise<void> {
    if (way === 'keys') {
      await select(label)
      await page.keyboard.press('r')
    } else {
      await row(label)
        .getByRole('button', { name: /^Resolve/ })
        .click()
    }
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await page.keyboard.press(String(CAUSES.indexOf(cause) + 1))
    await dialog.locator(`[value=${cause}]:checked`).waitFor()
  }

  async function resolve(label: string, cause: ChosenCause, way: Way): Promise<void> {
    await beginToResolve(label, cause, way)
    if (way === 'keys') await page.keyboard.press('Enter')
    else
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Resolve/ })
        .click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await row(label).waitFor({ state: 'detached' })
    note(label, 'resolved')
  }

  /** Up to the press of Enter. */
  async function beginToComment(label: string, text: string): Promise<Locator> {
    await open(label)
    const field = row(label).getByLabel('Note (no names)')
    await field.fill(text)
    return field
  }

  return {
    id,
    page,
    row,
    select,
    take,
    resolve,
    beginToResolve,
    beginToComment,
    /** What the board showed as done, as `keptEvents` says it. */
    done: done as readonly string[],
    async comment(label: string, text: string): Promise<void> {
      await beginToComment(label, text)
      await page.keyboard.press('Enter')
      await row(label).locator('.history li', { hasText: text }).waitFor()
      note(label, 'commented', text)
    },
    async goThere(label: string): Promise<void> {
      await open(label)
      await button(label, 'On the way').click()
      await row(label)
        .getByText(/is on the way \d\d:\d\d/)
        .waitFor()
      note(label, 'on-the-way')
    },
    async handOn(label: string): Promise<void> {
      await open(label)
      await row(label).getByLabel('Hand on to …').selectOption({ index: 1 })
      await button(label, 'Ask').click()
      await row(label)
        .getByText(/was asked to take it/)
        .waitFor()
      note(
        label,
        'handed-on',
        (await row(label).getByLabel('Hand on to …').locator('option').nth(1).getAttribute('value')) ?? '',
      )
    },
    async takeOver(label: string): Promise<void> {
      await open(label)
      await button(label, 'Take over').click()
      await row(label).getByText('taken by you').waitFor()
      note(label, 'acknowledged')
    },
    /** The whole board, as it is. */
    async shown(): Promise<ShownLists> {
      const lists = await page.evaluate(() => {
        const text = (from: Element, what: string) => from.querySelector(what)?.textContent ?? ''
        const read = (one: Element, state: string): ShownAlert => ({
          severity: one.getAttribute('data-severity') ?? '',
          title: text(one, '.title') || text(one, '.what'),
          home: text(one, '.home') || (text(one, '.where').split(' · ')[0] ?? ''),
          state: text(one, state),
        })
        const folded = (start: string) =>
          [...document.querySelectorAll('.compact')]
            .filter((one) => text(one, 'summary').startsWith(start))
            .flatMap((one) => [...one.querySelectorAll('li')].map((line) => read(line, '.how')))
        return {
          need: [...document.querySelectorAll('.row')].map((one) => read(one, '.state > span')),
          cleared: folded('Cleared'),
          resolved: folded('Resolved'),
        }
      })
      const withoutTime = (one: ShownAlert) => ({ ...one, state: one.state.replace(/ · \d\d:\d\d$/, '') })
      return { ...lists, resolved: lists.resolved.map(withoutTime) }
    },
    wasReloaded: () => page.evaluate(() => !('stays' in window)),
    get complaints(): string[] {
      return complaints.filter((one) => !EXPECTED.test(one))
    },
  }
}
