import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Channel } from '../../../hub/notify/channel.ts'
import { createKannelChannel } from '../../../hub/notify/channels/kannel.ts'
import { createPhoneChannel } from '../../../hub/notify/channels/phone.ts'
import { startKannel } from '../../helpers/kannel.ts'
import type { Kannel } from '../../helpers/kannel.ts'

const TO = '+4790000001'

interface Setup {
  readonly channel: Channel
  /** Waits until this text is on the phone; absent where the channel keeps nothing. */
  readonly arrives?: (text: string) => Promise<unknown>
  readonly stop: () => Promise<void>
}

const CHANNELS: Record<string, () => Promise<Setup>> = {
  phone: async () => ({ channel: createPhoneChannel(), stop: async () => {} }),
  kannel: async () => {
    const kannel: Kannel = await startKannel()
    const { sendUrl: url, username, password, from } = kannel
    return {
      channel: createKannelChannel({ url, username, password, from }),
      arrives: (text) =>
        kannel.waitForMessage((one) => one.to === TO && one.from === from && readUcs2(one.text) === text),
      stop: kannel.stop,
    }
  },
}

/** The fake SMS centre names no coding for the parts of a long SMS: UCS-2 then comes as bytes. */
function readUcs2(text: string): string {
  const isBytes = text.includes('\u0001')
  return isBytes ? Buffer.from(text, 'latin1').swap16().toString('utf16le') : text
}

describe.each(Object.keys(CHANNELS))('the channel %s', (name) => {
  let setup: Setup

  beforeAll(async () => {
    setup = await CHANNELS[name]!()
  })
  afterAll(async () => {
    await setup.stop()
  })

  test.each([
    ['a short text', 'VARSEL: Mulig fall hos Mor kl 03:12. Svar 1 4821 = jeg tar det, 2 4821 = kan ikke.'],
    ['Norwegian letters', 'Blåbærsyltetøy ÆØÅ é & 100 % = {€} + #?'],
    ['Sámi letters', 'Áhkku Šárá: čđŋšŧž ČĐŊŠŦŽ'],
    ['several lines', 'første\nandre'],
    ['160 characters of GSM-7', `${'ø'.repeat(159)}.`],
    ['more than one SMS', `${'lang '.repeat(60)}slutt`],
    ['Sámi letters in more than one SMS', 'čđŋšŧž '.repeat(12).trim()],
  ])('takes %s', async (what, text) => {
    const result = await setup.channel.send({ id: what, to: TO, text }, AbortSignal.timeout(10_000))
    expect(result).toMatchObject({ ok: true })
    await setup.arrives?.(text)
  })

  test('takes many at once', async () => {
    const texts = Array.from({ length: 32 }, (_, i) => `melding ${i}`)
    const results = await Promise.all(
      texts.map((text) => setup.channel.send({ id: text, to: TO, text }, AbortSignal.timeout(10_000))),
    )
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    for (const text of texts) await setup.arrives?.(text)
  })
})
