import { connectAsync } from 'mqtt'
import type { Page } from 'playwright-core'
import { waitFor } from '../helpers/wait-for.ts'

const HOME = 'h-9417'

/** Goes through a whole visit on a phone, as whoever is signed in, with a picture of what matters. */
export async function visitPictures(
  page: Page,
  origin: string,
  picture: (name: string) => Promise<void>,
): Promise<void> {
  const press = (name: string | RegExp) => page.getByRole('button', { name }).last().click()
  const field = (name: string) => page.getByRole('textbox', { name })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${origin}/visit`)
  await press('New home')
  await field('Name of the home').fill('Storgata 5')
  await field('Address').fill('Storgata 5, 9510 Alta')
  await field('Id').fill(HOME)
  await press('Make the home')
  await field('Your phone number').fill('+47 900 00 021')
  await picture('visit-home')
  await press('Start the visit')
  await field('Code of the gateway').fill('gw-9417')
  await press('Make its login')
  await page.getByRole('img', { name: 'The login as a QR code' }).waitFor()
  const [host, port, username = '', password = ''] = await page.locator('.credentials code').allInnerTexts()
  const gateway = await connectAsync(`mqtt://${host}:${port}`, { username, password, clientId: username })
  try {
    const say = (device: string, body: object) =>
      gateway.publishAsync(`homes/${HOME}/zigbee2mqtt/${device}`, JSON.stringify(body), { qos: 1 })
    const door = (isOpen: boolean) =>
      say('0x00158d0001a2b3c4', { battery: 97, contact: !isOpen, linkquality: 200 })
    const button = (action: string) => say('0x00158d0002b3c4d5', { action, battery: 88, linkquality: 180 })
    await page.getByText('Connected', { exact: true }).waitFor()
    await press('It is entered')
    await press('Next')
    await door(false)
    await page.getByRole('button', { name: /0x00158d0001a2b3c4/ }).click()
    await page.getByText('hall', { exact: true }).click()
    await page.getByText('front door', { exact: true }).click()
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await button('release')
    await page.getByRole('button', { name: /0x00158d0002b3c4d5/ }).waitFor()
    await picture('visit-sensors')
    await page.getByRole('button', { name: /0x00158d0002b3c4d5/ }).click()
    await page.getByText('bedroom', { exact: true }).click()
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('button', { name: /bedroom-sos/ }).waitFor()
    await press('Next')
    await press('Prove hall-entrance')
    await press('I am there: start')
    await page.getByText(/left$/).waitFor()
    await picture('visit-prove')
    await door(true)
    await page.getByRole('heading', { name: 'Close it' }).waitFor()
    await page.getByText(/left$/).waitFor()
    await door(false)
    await page.getByRole('heading', { name: 'Press the button now' }).waitFor()
    await press('I am there: start')
    await page.getByText(/left$/).waitFor()
    await button('emergency')
    await press('Prove the alarm')
    await press(/it was me/)
    await press('Start the clock')
    await page.getByText('Set it off now').waitFor()
    await button('emergency')
    await page.getByText('Answer the SMS').waitFor()
    await answer(page, origin)
    await page.getByText('It works: answered').waitFor()
    await press('Next')
    await press('Make the certificate')
    await page
      .getByText(/Next check by/)
      .first()
      .waitFor()
    await picture('visit-certificate')
  } finally {
    await gateway.endAsync()
  }
}

interface Phone {
  readonly home?: string
  readonly contact?: string
  readonly messages: readonly { readonly code?: string }[]
}

/** As on the own phone: `1 4821`. */
async function answer(page: Page, origin: string): Promise<void> {
  const { contact, code } = await waitFor('the SMS', async () => {
    const { phones } = (await (await page.request.get(`${origin}/api/phone`)).json()) as { phones: Phone[] }
    const own = phones.find((one) => one.home === HOME)
    const last = own?.messages.findLast((one) => one.code !== undefined)?.code
    return own?.contact !== undefined && last !== undefined && { contact: own.contact, code: last }
  })
  await page.request.post(`${origin}/api/phone/${HOME}/${contact}`, {
    headers: { 'x-aal': '1' },
    data: { text: `1 ${code}` },
  })
}
