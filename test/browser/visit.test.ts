import { connectAsync } from 'mqtt'
import type { MqttClient } from 'mqtt'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Visit } from '../../hub/model/visit.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { accessFaults, complaintsOf, fileBrowser, signIn } from './open-console.ts'

const PHONE = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  locale: 'en-GB',
  timezoneId: 'Europe/Oslo',
  reducedMotion: 'reduce',
} as const

const browser = fileBrowser()
let hub: HubProcess
let context: BrowserContext
let page: Page
let complaints: string[]

beforeAll(async () => {
  hub = await startHubProcess()
  await hub.api('POST', '/api/people', { id: 'ola', name: 'Ola Moen', roles: ['installer'], areas: 'all' })
  context = await browser().newContext(PHONE)
  context.setDefaultTimeout(10_000)
  page = await context.newPage()
  complaints = complaintsOf(page, hub.url)
  const { signIn: link } = await hub.api<{ signIn: string }>('POST', '/api/people/ola/sign-in-link')
  await signIn(page, link, '/visit')
}, 120_000)
afterAll(async () => {
  await context?.close()
  await hub?.kill('SIGTERM')
})

const press = (name: string | RegExp) => page.getByRole('button', { name }).last().click()
/** One with suggestions is a combobox. */
const field = (name: string) => page.getByRole('textbox', { name }).or(page.getByRole('combobox', { name }))
const registered = (home: string) =>
  hub.api<{ sensors: { id: string; address?: string; room?: string }[] }>(
    'GET',
    `/api/homes/${home}/register`,
  )

/** A home that is made at once, without the pages. */
async function makeHome(id: string, sensors: readonly object[] = []): Promise<void> {
  await hub.api('POST', '/api/register', { id, label: `Home ${id}`, timezone: 'Europe/Oslo', sensors })
}

async function show(path: string, text: string): Promise<void> {
  await page.goto(`${hub.url}${path}`)
  await page.getByText(text).first().waitFor()
}

/** The form of a sensor, filled in; nothing is sent yet. */
async function typeSensor(code: string, room: string): Promise<void> {
  await press('Add a sensor')
  await field('Code of the sensor').fill(code)
  await page.getByLabel('Kind').selectOption({ label: 'Door or window contact through Zigbee2MQTT' })
  await page.getByText(room, { exact: true }).click()
}

const addSensor = () => page.getByRole('button', { name: 'Add', exact: true }).click()

describe('a visit', () => {
  let gateway: MqttClient
  const say = (topic: string, body: object) =>
    gateway.publishAsync(`homes/h-0417/zigbee2mqtt/${topic}`, JSON.stringify(body), { qos: 1 })
  const door = (isOpen: boolean) =>
    say('0x00158d0001a2b3c4', { battery: 97, contact: !isOpen, linkquality: 200 })
  afterAll(() => gateway?.endAsync())

  it('makes the home, and says of a time zone and a phone number what is wrong where they stand', async () => {
    await press('New home')
    await field('Name of the home').fill('Storgata 5')
    await field('Id').fill('h-0417')
    await field('Time zone').fill('Europe/Olso')
    await press('Make the home')
    await page.getByText('There is no time zone “Europe/Olso”').waitFor()
    expect(await field('Time zone').getAttribute('aria-invalid')).toBe('true')
    expect(await field('Name of the home').inputValue()).toBe('Storgata 5')
    await field('Time zone').fill('Europe/Oslo')
    await press('Make the home')
    await field('Your phone number').fill('900 00 021')
    await press('Start the visit')
    await page.getByText('The country code is missing').waitFor()
    await press('Use +47 900 00 021')
    await press('Start the visit')
    await field('Code of the gateway').waitFor()
  })

  it('shows the login of the gateway once, and that it comes with it', async () => {
    // This browser has no camera: one types.
    await press('Scan the code of the gateway')
    await page.getByText('There is no camera here.').waitFor()
    await press('Type it instead')
    await field('Code of the gateway').fill('https://other.example.org/visit/h-1')
    await press('Make its login')
    await page.getByText('This code is of another installation: other.example.org').waitFor()
    await field('Code of the gateway').fill('gw-0417')
    await press('Make its login')
    await page.getByRole('img', { name: 'The login as a QR code' }).waitFor()
    const [host = '', port = '', username = '', password = '', topics] = await page
      .locator('.credentials code')
      .allInnerTexts()
    expect([host, Number(port), username, topics]).toEqual([
      '127.0.0.1',
      hub.mqttPort,
      'gw-0417',
      'homes/h-0417/',
    ])
    expect(await accessFaults(page, 'light')).toEqual([])
    gateway = await connectAsync(`mqtt://${host}:${port}`, { username, password, clientId: 'gw-0417' })
    await page.getByText('Connected', { exact: true }).waitFor()
    await press('It is entered')
    expect(await page.content()).not.toContain(password)
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(password)
    await press('Next')
  })

  it('offers what is heard, with its likely kind, and takes a code however it is written', async () => {
    await door(false)
    await say('sos', { action: 'release', battery: 97, linkquality: 200 })
    await page.getByRole('button', { name: /0x00158d0001a2b3c4/ }).waitFor()
    await press('Add a sensor')
    await field('Code of the sensor').fill('00:15:8D:00:01:A2:B3:C4')
    await page.getByText('The hub has heard this device.').waitFor()
    await press(/Cancel/)
    await page.getByRole('button', { name: /0x00158d0001a2b3c4/ }).click()
    await page.getByText('hall', { exact: true }).click()
    await page.getByText('front door', { exact: true }).click()
    expect(await accessFaults(page, 'dark')).toEqual([])
    await addSensor()
    await page.getByRole('button', { name: /hall-entrance/ }).waitFor()
    await page.getByRole('button', { name: /SOS button/ }).click()
    await page.getByText('bedroom', { exact: true }).click()
    await addSensor()
    await page.getByRole('button', { name: /bedroom-sos/ }).waitFor()
    expect((await registered('h-0417')).sensors).toMatchObject([
      { id: 'hall-entrance', address: '0x00158d0001a2b3c4', room: 'hall' },
      { id: 'bedroom-sos', address: 'sos', room: 'bedroom' },
    ])
    await press('Next')
  })

  it('waits for each sensor, turns green when it is heard, and moves on', async () => {
    await press('Prove hall-entrance')
    await page.getByRole('heading', { name: 'Open the door' }).waitFor()
    await press('I am there: start')
    await page.getByText(/left$/).waitFor()
    expect(await accessFaults(page, 'light')).toEqual([])
    // Looked for together, and before it comes: the page moves on by itself.
    const shown = [
      page.locator('.ring[data-state=proven]'),
      page.getByText('Door: open'),
      page.getByText('Signal good (78 %)'),
    ].map((one) => one.waitFor())
    await door(true)
    await Promise.all(shown)
    await page.getByRole('heading', { name: 'Close it' }).waitFor()
    await page.getByText(/left$/).waitFor()
    const works = page.getByRole('heading', { name: 'It works' }).waitFor()
    await door(false)
    await works
    await page.getByRole('heading', { name: 'Press the button now' }).waitFor()
    await press('I am there: start')
    await page.getByText(/left$/).waitFor()
    const pressed = page.getByText('Help button: pressed').waitFor()
    await say('sos', { action: 'emergency', battery: 97, linkquality: 200 })
    await pressed
    await page.getByText('2 of 2 sensors proven').waitFor()
  })

  it('measures the way from an alarm to the answer on the own phone', async () => {
    await press('Prove the alarm')
    // Proving the button has called: that is answered first.
    await press(/it was me/)
    await page.getByText('Unanswered tests').waitFor({ state: 'detached' })
    await press('Start the clock')
    await page.getByRole('heading', { name: 'Set it off now: bedroom-sos' }).waitFor()
    await say('sos', { action: 'emergency', battery: 97, linkquality: 200 })
    await page.getByRole('heading', { name: 'Answer the SMS on your phone' }).waitFor()
    const code = await waitFor('the SMS', async () => {
      const { phones } = await hub.api<{
        phones: { contact?: string; messages: { code?: string }[] }[]
      }>('GET', '/api/phone')
      const own = phones.find(({ contact }) => contact === 'installer-ola')
      return own?.messages.findLast((one) => one.code !== undefined)?.code
    })
    await hub.api('POST', '/api/phone/h-0417/installer-ola', { text: `1 ${code}` })
    await page.getByRole('heading', { name: /It works: answered after [\d.]+ s/ }).waitFor()
    expect(await page.locator('.legs [data-done]').count()).toBeGreaterThanOrEqual(5)
    await press('Next')
  })

  it('ends in a certificate, and keeps nothing on the phone', async () => {
    await page.getByText('Everything is proven.').waitFor()
    await field('Note').fill('The key is with the neighbour')
    await press('Make the certificate')
    await page.getByRole('heading', { name: 'Certificate: Storgata 5' }).waitFor()
    await page.getByText(/2 of 2 sensors proven. Next check by/).waitFor()
    await page.getByText('Ola Moen').waitFor()
    await page.getByText('The key is with the neighbour').waitFor()
    const pdf = await page.getByRole('link', { name: 'PDF' }).getAttribute('href')
    const printed = await context.request.get(`${hub.url}${pdf}`)
    expect((await printed.body()).subarray(0, 5).toString()).toBe('%PDF-')
    expect(await page.evaluate(() => localStorage.getItem('aal.visit'))).toBe(null)
    expect(await accessFaults(page, 'light')).toEqual([])
    expect((await hub.api<Visit>('GET', '/api/homes/h-0417/visit')).finished).toBeDefined()
    // There was no visit yet when the home was new.
    expect(complaints.filter((one) => !/status of 404/.test(one))).toEqual([])
  })
})

describe('without a link', () => {
  it('keeps what is typed past a reload, and what is done until it can be sent', async () => {
    await makeHome('h-2')
    await show('/visit/h-2?step=sensors', 'No sensor yet.')
    await context.setOffline(true)
    await typeSensor('kitchen-door', 'kitchen')
    await context.setOffline(false)
    await page.reload()
    await field('Code of the sensor').waitFor()
    expect(await field('Code of the sensor').inputValue()).toBe('kitchen-door')
    expect(await page.getByLabel('kitchen').isChecked()).toBe(true)
    await context.setOffline(true)
    await addSensor()
    await page.getByText('Kept on this phone, 1 to send.').waitFor()
    await page.getByText('kept on this phone', { exact: true }).waitFor()
    await typeSensor('bath-door', 'bathroom')
    await addSensor()
    await page.getByText('Kept on this phone, 2 to send.').waitFor()
    // The tab is closed, and another is opened when the link is back.
    await page.close()
    await context.setOffline(false)
    page = await context.newPage()
    await show('/visit/h-2?step=sensors', 'kitchen-door')
    await page.getByText('to send.').waitFor({ state: 'detached' })
    expect((await registered('h-2')).sensors.map(({ id }) => id)).toEqual(['kitchen-door', 'bathroom-door'])
  })

  it('brings back what the hub does not take, with its error where it is corrected', async () => {
    const address = '0x00158d0009f9f9f9'
    await makeHome('h-3', [{ id: 'door', profile: 'zigbee2mqtt-contact', address }])
    await makeHome('h-4')
    await show('/visit/h-4?step=sensors', 'No sensor yet.')
    await typeSensor('00158d0009f9f9f9', 'hall')
    await context.setOffline(true)
    await addSensor()
    await page.getByText('Kept on this phone, 1 to send.').waitFor()
    await context.setOffline(false)
    await page.getByText('1 was not taken: correct it.').waitFor()
    await press('Correct it')
    await page.getByText('This device is registered in another home.').waitFor()
    expect(await field('Code of the sensor').getAttribute('aria-invalid')).toBe('true')
    await field('Code of the sensor').fill('0x00158d0009f9f9f8')
    await addSensor()
    await page.getByRole('button', { name: /hall-door/ }).waitFor()
    expect(await page.evaluate(() => localStorage.getItem('aal.visit'))).toBe(null)
  })

  it('says at the field that a device is elsewhere, or its code none, and loses nothing', async () => {
    await makeHome('h-5')
    await show('/visit/h-5?step=sensors', 'No sensor yet.')
    await typeSensor('mqtts://gw:x@hub.elsewhere.example:8883/', 'hall')
    await addSensor()
    await page.getByText('This code is of another installation: hub.elsewhere.example').waitFor()
    await field('Code of the sensor').fill('00158d0009f9f9f9')
    await addSensor()
    await page.getByText('This device is registered in another home.').waitFor()
    expect(await page.getByLabel('hall').isChecked()).toBe(true)
    expect((await registered('h-5')).sensors).toEqual([])
    // Whoever signs out takes what they typed with them.
    await press('Keys and settings')
    await press('Sign out')
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(await page.evaluate(() => localStorage.getItem('aal.visit'))).toBe(null)
  })
})
