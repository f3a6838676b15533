import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freePort } from '../helpers/free-port.ts'
import { startHubProcess, writeRules } from '../helpers/hub-process.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { INCIDENTS, startNight } from './night-homes.ts'
import { keptAlerts, keptEvents, keptFor } from './night-kept.ts'
import { openBoard } from './operator-board.ts'
import type { Board } from './operator-board.ts'
import { fileBrowser } from './open-console.ts'

/** Rules that call at once: hours of waiting are for other tests. */
const RULES = `rules:
  - { id: fall, title: Possible fall, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
  - { id: sos, title: Help button, category: safety, severity: high, on: sos, when: value == "pressed", clear: manual }
  - { id: spo2, title: Low oxygen, category: health, severity: medium, on: spo2, when: value < 90, clear: { when: value >= 92 } }
  - { id: battery, title: Battery low, category: technical, severity: low, on: battery, when: value <= 15, clear: { when: value > 30 } }
`
const POLICIES = readFileSync(join(import.meta.dirname, '../../rules/policies/standard.yaml'), 'utf8')

const browser = fileBrowser()

it(
  'two operators answer thirty alerts in a night in which the hub is killed, and both boards show what is kept',
  { timeout: 300_000 },
  async () => {
    await using stack = new AsyncDisposableStack()
    const config = `rules: ${writeRules({ 'night.yaml': RULES, 'policies/standard.yaml': POLICIES })}\n`
    const ports = { httpPort: await freePort(), mqttPort: await freePort() }
    let hub = await startHubProcess({ config, ...ports })
    stack.defer(async () => void (await hub.kill('SIGKILL')))
    const { data } = hub
    const night = await startNight(hub, stack)
    const siv = await openBoard(browser(), hub, 'siv')
    const per = await openBoard(browser(), hub, 'per')
    const boards = [siv, per]
    stack.defer(async () => {
      for (const { page } of boards) await page.context().close()
    })
    const both = async (what: string, condition: (board: Board) => Promise<boolean>): Promise<void> => {
      for (const board of boards) {
        await waitFor(`the board of ${board.id} ${what}`, () => condition(board), { timeout: 20_000 })
      }
    }
    const shows = (label: string) => async (board: Board) => (await board.row(label).count()) === 1

    // The evening: both at work.
    const evening = night.raise(16)
    await both('to show sixteen', async ({ page }) => (await page.locator('.row').count()) === 16)
    const home = (index: number): string => evening[index] ?? ''
    await Promise.all([
      (async () => {
        await siv.take(home(0), 'mouse')
        await siv.comment(home(0), 'the key is outside')
        await siv.goThere(home(0))
        await siv.take(home(2), 'keys')
        await siv.resolve(home(2), 'real', 'keys')
        await siv.handOn(home(4))
      })(),
      (async () => {
        await per.take(home(1), 'keys')
        await per.resolve(home(1), 'equipment', 'mouse')
        await per.goThere(home(3))
        await per.comment(home(3), 'she does not answer')
        await per.take(home(5), 'mouse')
        await per.handOn(home(5))
      })(),
    ])
    await siv.takeOver(home(3))

    // Both at the very same alert, at once.
    for (const board of boards) await board.select(home(6))
    await Promise.all(boards.map(({ page }) => page.keyboard.press('Enter')))
    await both(
      'to say who has it',
      async (board) => (await board.row(home(6)).locator('.taken').count()) === 1,
    )
    for (const board of boards) await board.beginToResolve(home(6), board === siv ? 'false' : 'pet', 'keys')
    await Promise.all(boards.map(({ page }) => page.keyboard.press('Enter')))
    await both('to be rid of it', async (board) => (await board.row(home(6)).count()) === 0)
    await both('to close the dialog', async ({ page }) => (await page.getByRole('dialog').count()) === 0)

    // Midnight: killed while one takes an alert and the other one writes.
    const unsaid = 'call her at seven'
    await siv.select(home(7))
    const note = await per.beginToComment(home(5), unsaid)
    const underWay = boards.map(({ page }) => page.waitForRequest((one) => one.method() === 'POST'))
    await Promise.all(boards.map(({ page }) => page.keyboard.press('Enter')))
    await Promise.all(underWay)
    await hub.kill('SIGKILL')
    await both('to say so', ({ page }) =>
      page.getByText(/^No contact since \d\d:\d\d:\d\d – what you see is old$/).isVisible(),
    )
    await both('to be dim', ({ page }) =>
      page.locator('main').evaluate((main) => Number(getComputedStyle(main).opacity) < 0.5),
    )
    // It may have been kept without an answer; what was not is still there to be sent again.
    const isKept = keptEvents(data).some((one) => one.endsWith(unsaid))
    if (!isKept) expect(await note.inputValue()).toBe(unsaid)
    const meanwhile = night.raise(6)

    hub = await startHubProcess({ config, data, ...ports })
    await both('to be live again', async ({ page }) => !(await page.locator('.cut-off-bar').isVisible()))
    for (const label of meanwhile) await both(`to show ${label}`, shows(label))

    // The morning: the rest, and both at work again.
    const morning = night.raise(8)
    for (const label of morning) await both(`to show ${label}`, shows(label))
    const [later = '', last = ''] = [meanwhile[1], morning[2]]
    await Promise.all([
      (async () => {
        if ((await siv.row(home(7)).getAttribute('data-handling')) === 'new') await siv.take(home(7), 'keys')
        await siv.resolve(home(0), 'real', 'mouse')
        await siv.take(later, 'mouse')
        await siv.resolve(later, 'visitor', 'keys')
        await siv.handOn(home(7))
      })(),
      (async () => {
        await per.take(last, 'mouse')
        await per.goThere(last)
        await per.take(home(9), 'keys')
        await per.comment(home(9), 'slept well')
        await per.resolve(home(9), 'false', 'keys')
      })(),
    ])
    // Over, of one that somebody has and of one that nobody has.
    for (const label of [home(3), home(13)]) night.clear(label)
    await both(
      'to fold away what is over',
      async ({ page }) => await page.getByText('Cleared but open (1)').isVisible(),
    )

    for (const board of boards) {
      await waitFor(`the board of ${board.id} to show what is kept`, async () => {
        expect(await board.shown()).toEqual(keptFor(data, board.id))
        return true
      })
      expect(await board.wasReloaded()).toBe(false)
      expect(board.complaints).toEqual([])
    }
    const alerts = keptAlerts(data)
    expect(alerts.map(({ home: one }) => one).toSorted()).toEqual(
      [...evening, ...meanwhile, ...morning].toSorted(),
    )
    expect(alerts.length).toBe(INCIDENTS.length)
    const events = keptEvents(data)
    const countOf = (event: string): number => events.filter((one) => one.startsWith(event)).length
    for (const { done } of boards) {
      expect(done.length).toBeGreaterThan(8)
      for (const act of done) expect(`${act}: ${countOf(act)}`).toBe(`${act}: 1`)
    }
    expect([countOf(`${home(6)} acknowledged`), countOf(`${home(6)} resolved`)]).toEqual([1, 1])
  },
)
