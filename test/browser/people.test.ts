import { describe, expect, it } from 'vitest'
import { ROLES } from '../../hub/model/person.ts'
import { exampleHome } from '../http/memory-office.ts'
import { accessFaults, eachConsole } from './open-console.ts'

const DEADLINE = 120_000

const opened = eachConsole({
  prepare({ office }) {
    const [home, personal] = exampleHome('h1', 'Storgata 5')
    office.addHome({ ...home, area: 'Alta' }, personal)
    office.people.add({ id: 'mona', name: 'Mona Lie', roles: ['admin'], areas: 'all' })
    office.people.add({ id: 'siv', name: 'Siv Olsen', roles: ['operator'], areas: 'all' })
  },
})

describe('the page about people', () => {
  it(
    'adds somebody with a link that is shown once, and who signs in with it',
    async () => {
      const mona = await opened.openAs('mona', '/people')
      await mona.getByRole('button', { name: 'Add a person' }).click()
      const dialog = mona.getByRole('dialog')
      await dialog.getByLabel('Short name').fill('geir')
      await dialog.getByLabel('Name', { exact: true }).fill('Geir Hansen')
      await dialog.getByLabel('Operator').uncheck()
      expect(await dialog.getByRole('button', { name: 'Add a person' }).isDisabled()).toBe(true)
      await dialog.getByLabel('Installer').check()
      await dialog.getByText('Only these').click()
      await dialog.getByLabel('Alta').check()
      expect(await accessFaults(mona, 'dark')).toEqual([])
      expect(await accessFaults(mona, 'light')).toEqual([])
      await dialog.getByRole('button', { name: 'Add a person' }).click()
      const link = await dialog.getByLabel('Sign-in link for Geir Hansen').inputValue()
      expect(await accessFaults(mona, 'light')).toEqual([])
      await dialog.getByRole('button', { name: 'Done' }).click()
      await mona.getByText('3 people may sign in.').waitFor()
      expect(await mona.content()).not.toContain(link.split('#')[1])
      expect(opened.office.people.find('geir')).toMatchObject({
        name: 'Geir Hansen',
        roles: ['installer'],
        areas: ['Alta'],
      })

      const geir = await opened.newPage()
      await geir.goto(link)
      await geir.locator('#main').waitFor()
      expect(await geir.getByRole('link', { name: 'People' }).count()).toBe(0)
      for (const path of ['/people', '/people/programs', '/people/log']) {
        await geir.goto(`${opened.url}${path}`)
        await geir.getByText('It is for: Admin.').waitFor()
      }
    },
    DEADLINE,
  )

  it(
    'changes what somebody may do, and asks why they are removed',
    async () => {
      const mona = await opened.openAs('mona', '/people')
      const siv = await opened.openAs('siv', '/homes')
      await mona.getByRole('button', { name: 'Change Siv Olsen' }).click()
      const dialog = mona.getByRole('dialog')
      await dialog.getByLabel('Installer').check()
      await dialog.getByRole('button', { name: 'Save' }).click()
      await mona.getByText('Operator, Installer').waitFor()
      expect(opened.office.people.find('siv')?.roles).toEqual(['operator', 'installer'])

      await mona.getByRole('button', { name: 'Change Siv Olsen' }).click()
      await dialog.getByRole('button', { name: 'Remove …' }).click()
      const act = dialog.getByRole('button', { name: 'Remove Siv Olsen' })
      expect(await act.isDisabled()).toBe(true)
      await dialog.getByText('Works here no more').click()
      expect(await accessFaults(mona, 'light')).toEqual([])
      await act.click()
      await mona.getByText('Removed (1)').first().waitFor()
      await siv.getByRole('button', { name: 'Sign in' }).waitFor()
      expect(opened.office.audit.list({ limit: 20, whose: 'person:siv' })[0]).toMatchObject({
        who: 'person:mona',
        what: 'person.remove',
        why: 'left',
      })
    },
    DEADLINE,
  )

  it(
    'helps somebody who has forgotten their password, and says why the last admin stays',
    async () => {
      await opened.office.people.setPassword('siv', 'correct horse battery staple')
      const mona = await opened.openAs('mona', '/people')
      await mona.getByRole('button', { name: 'Change Siv Olsen' }).click()
      const dialog = mona.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Password forgotten' }).click()
      await dialog.getByRole('button', { name: 'Make a sign-in link' }).click()
      const link = await dialog.getByLabel('Sign-in link for Siv Olsen').inputValue()
      expect(opened.office.people.find('siv')?.hasPassword).toBe(false)
      expect(opened.office.people.signIn(link.split('#')[1] ?? '')).toMatchObject({ person: 'siv' })
      await dialog.getByRole('button', { name: 'Done' }).click()

      await mona.getByRole('button', { name: 'Change Mona Lie' }).click()
      await dialog.getByRole('button', { name: 'Remove …' }).click()
      await dialog.getByText('Something else').click()
      await dialog.getByRole('button', { name: 'Remove Mona Lie' }).click()
      await mona.getByText('is the only admin').first().waitFor()
    },
    DEADLINE,
  )

  it(
    'only shows to an admin of some areas',
    async () => {
      opened.office.people.add({ id: 'ada', roles: ['admin'], areas: ['Alta'] })
      const ada = await opened.openAs('ada', '/people')
      await ada.getByText('3 people may sign in.').waitFor()
      expect(await ada.getByRole('button', { name: /Add|Change/ }).count()).toBe(0)
      await ada.getByRole('link', { name: 'Audit log' }).click()
      await ada.getByText('The log is for admins who see all areas.').waitFor()
    },
    DEADLINE,
  )
})

describe('the page about programs', () => {
  it(
    'makes a token that is shown once and works, and asks why it is revoked',
    async () => {
      const mona = await opened.openAs('mona', '/people/programs')
      await mona.getByRole('button', { name: 'Add a program' }).click()
      const dialog = mona.getByRole('dialog')
      await dialog.getByLabel('Name of the program').fill('grafana')
      await dialog.getByLabel('see alerts').check()
      expect(await accessFaults(mona, 'light')).toEqual([])
      await dialog.getByRole('button', { name: 'Add a program' }).click()
      const token = await dialog.getByLabel('Token for grafana').inputValue()
      const ask = () => fetch(`${opened.url}/api/alerts`, { headers: { authorization: `Bearer ${token}` } })
      expect((await ask()).status).toBe(200)
      await dialog.getByRole('button', { name: 'Done' }).click()
      await mona.getByText('1 program may use the hub.').waitFor()
      expect(await mona.content()).not.toContain(token)
      expect(await accessFaults(mona, 'dark')).toEqual([])

      await mona.getByRole('button', { name: 'Revoke grafana' }).click()
      await dialog.getByText('May have been seen by others').click()
      await dialog.getByRole('button', { name: 'Revoke grafana' }).click()
      await mona.getByText('Revoked (1)').first().waitFor()
      expect((await ask()).status).toBe(401)
      expect(opened.office.audit.list({ limit: 5, whose: 'token:grafana' })[0]).toMatchObject({
        why: 'leaked',
      })
    },
    DEADLINE,
  )
})

describe('the page with the audit log', () => {
  const write = (who: string, what: string, whose: string, why: string) =>
    opened.office.audit.write({ who, what, whose, why, from: '10.0.0.7' })

  it(
    'says who saw what, whose and why; by person and home; and earlier ones',
    async () => {
      for (let turn = 0; turn < 120; turn++) await write('person:mona', 'home.read', 'home:h2', `${turn}`)
      await write('person:siv', 'home.reveal', 'home:h1', 'alert 4821')
      await write('person:mona', 'person.remove', 'person:per', 'left')
      const mona = await opened.openAs('mona', '/people/log')
      const row = mona.getByRole('row').filter({ hasText: 'alert 4821' })
      await row.getByText('saw names and numbers').waitFor()
      await row.getByText('Siv Olsen').waitFor()
      await row.getByRole('link', { name: 'h1' }).waitFor()
      await mona.getByText('Works here no more').waitFor()
      expect(await accessFaults(mona, 'light')).toEqual([])
      expect(await mona.getByRole('cell', { name: '3', exact: true }).count()).toBe(0)
      await mona.getByRole('button', { name: 'Show earlier ones' }).click()
      await mona.getByRole('cell', { name: '3', exact: true }).waitFor()

      await mona.getByLabel('Who').selectOption('Siv Olsen')
      await mona.getByRole('cell', { name: '3', exact: true }).waitFor({ state: 'detached' })
      await row.waitFor()
      expect(await mona.getByRole('row').count()).toBe(2)
      await mona.getByLabel('Home', { exact: true }).fill('h2')
      await mona.getByRole('button', { name: 'Show', exact: true }).click()
      await mona.getByText('Nothing in the log fits.').waitFor()
      await mona.getByRole('button', { name: 'Show everything' }).click()
      await row.waitFor()
    },
    DEADLINE,
  )

  it(
    'says that the log is whole, or the first entry that is not as it was written',
    async () => {
      await write('person:siv', 'home.reveal', 'home:h1', 'alert 4821')
      const mona = await opened.openAs('mona', '/people/log')
      await mona.getByText(/Verified: \d+ entries, unbroken\./).waitFor()

      opened.office.audit.verify = async () => ({
        whole: false,
        rows: 1204,
        brokenAt: 812,
        reason: 'it says more',
      })
      await mona.reload()
      await mona.getByRole('alert').getByText('Broken: entry 812 of 1').waitFor()
      expect(await accessFaults(mona, 'light')).toEqual([])
      expect(await accessFaults(mona, 'dark')).toEqual([])
      opened.office.audit.verify = () => Promise.reject(new Error('the disk is gone'))
      await mona.reload()
      await mona.getByText('Could not be verified just now.').waitFor()
    },
    DEADLINE,
  )
})

describe('all three', () => {
  it(
    'fit a phone, and say the same in Norwegian',
    async () => {
      opened.office.people.createAccessToken({
        name: 'grafana',
        scopes: ['read:history'],
        areas: 'all',
        by: 'cli',
      })
      opened.office.people.add({ id: 'geir', name: 'Geir Hansen', roles: ROLES, areas: ['Alta', ''] })
      const mona = await opened.openAs('mona', '/people')
      await mona.evaluate(() => localStorage.setItem('aal.language', 'nb'))
      await mona.setViewportSize({ width: 360, height: 740 })
      for (const [path, text] of [
        ['/people', 'Operatør, Montør, Administrator'],
        ['/people/programs', 'se målte verdier, også fra kroppen'],
        ['/people/log', 'logget inn'],
      ] as const) {
        await mona.goto(`${opened.url}${path}`)
        await mona.getByText(text).first().waitFor()
        expect(await mona.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
        expect(await accessFaults(mona, 'light')).toEqual([])
      }
    },
    DEADLINE,
  )
})
