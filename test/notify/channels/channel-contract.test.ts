import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message } from '../../../hub/notify/channel.ts'
import { serverMissing } from '../../helpers/servers.ts'
import type { ServerName } from '../../helpers/servers.ts'
import { waitFor } from '../../helpers/wait-for.ts'
import { COUNTERPARTS, FEATURES, startSilence } from './counterparts.ts'
import type { Counterpart, Feature } from './counterparts.ts'

const NEEDS: Readonly<Record<string, readonly ServerName[]>> = {
  kannel: ['bearerbox', 'smsbox', 'fakesmsc'],
  gammu: ['gammu-smsd'],
  'gammu-sqlite': ['gammu-smsd', 'libdbd-sqlite3'],
  email: ['openssl'],
}
const soon = (): AbortSignal => AbortSignal.timeout(10_000)

describe.each(Object.keys(COUNTERPARTS))('the channel %s', (name) => {
  // Says what is missing, and throws with CI=true.
  if (serverMissing(...(NEEDS[name] ?? []))) return
  let it: Counterpart
  const ifIt = (feature: Feature, define: () => void): void => {
    if (FEATURES[name]?.includes(feature)) define()
  }
  const message = (id: string, text = `text of ${id}`, to = it.to): Message => ({ id, to, text })
  const arrives = async (text: string): Promise<void> => {
    if (it.arrived === undefined) return
    const { arrived } = it
    await waitFor(`${JSON.stringify(text)} to arrive`, () =>
      arrived().find((one) => one.to === it.to && one.text === text),
    )
  }
  /** No secret, and nothing of the message. */
  const isDiscreet = (result: unknown, { to, text }: Message): void => {
    const said = JSON.stringify(result)
    for (const secret of it.secrets) expect(said).not.toContain(secret)
    if (to.length > 3) expect(said).not.toContain(to)
    expect(said).not.toContain(text)
  }

  beforeAll(async () => {
    it = await COUNTERPARTS[name]!()
  }, 30_000)
  afterAll(async () => {
    await it?.stop()
  })

  test.each([
    ['a short text', 'VARSEL: Mulig fall hos Mor kl 03:12. Svar 1 4821 = jeg tar det, 2 4821 = kan ikke.'],
    ['Norwegian letters', 'Blåbærsyltetøy ÆØÅ é & 100 % = {€} + #?'],
    ['Sámi letters', 'Áhkku Šárá: čđŋšŧž ČĐŊŠŦŽ'],
    ['what looks like markup or a template', '{to} {text} <b>"A" & \'B\'</b> \\n ${x} %d %A'],
    ['several lines', 'første\nandre'],
    ['160 characters of GSM-7', `${'ø'.repeat(159)}.`],
    ['more than one SMS', `${'lang '.repeat(60)}slutt`],
    ['Sámi letters in more than one SMS', 'čđŋšŧž '.repeat(12).trim()],
  ])('takes %s', async (what, text) => {
    const result = await it.channel.send(message(what, text), soon())
    expect(result).toMatchObject({ ok: true })
    await arrives(text)
  })

  test('takes many at once', async () => {
    const texts = Array.from({ length: 32 }, (_, i) => `melding ${i}`)
    const results = await Promise.all(texts.map((text) => it.channel.send(message(text, text), soon())))
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    for (const text of texts) await arrives(text)
  }, 60_000)

  test('says that it works', async () => {
    expect((await it.channel.check?.(soon())) ?? { ok: true }).toEqual({ ok: true })
  })

  test('refuses an address that is none, without a try and without showing it', async () => {
    for (const to of it.bad) {
      const one = message('bad', 'text', to)
      const result = await it.channel.send(one, soon())
      expect([to, result]).toMatchObject([to, { ok: false, retry: false }])
      isDiscreet(result, one)
    }
    expect(it.arrived?.().filter(({ to }) => it.bad.includes(to)) ?? []).toEqual([])
  })

  ifIt('refuses', () => {
    test('says never where the other side refuses for good', async () => {
      const one = message('refused', 'text', need(it.refused))
      const result = await it.channel.send(one, soon())
      expect(result).toMatchObject({ ok: false, retry: false })
      isDiscreet(result, one)
    })
  })

  ifIt('wants a password', () => {
    test('says retry where it is set up wrongly, and what to look at', async () => {
      const one = message('misconfigured')
      const result = await need(it.misconfigured).send(one, soon())
      expect(result).toMatchObject({
        ok: false,
        retry: true,
        error: expect.stringMatching(/configuration|401/),
      })
      isDiscreet(result, one)
    })
  })

  ifIt('is silent', () => {
    test('heeds the signal, whatever the other side does', async () => {
      const silence = await startSilence()
      const channel = need(it.toSilence)(silence.port)
      const abort = new AbortController()
      const one = message('slow')
      const sending = channel.send(one, abort.signal)
      const checking = channel.check?.(abort.signal)
      setTimeout(() => abort.abort(), 100)
      const result = await sending
      expect(result).toMatchObject({ ok: false, retry: true, error: expect.stringContaining('in time') })
      isDiscreet(result, one)
      expect(await checking).toMatchObject({ ok: false, error: expect.stringContaining('in time') })
      expect(await channel.send(one, AbortSignal.abort())).toMatchObject({ ok: false, retry: true })
      await channel.stop?.()
      silence.stop()
    })
  })

  ifIt('calls back', () => {
    const isTold = FEATURES[name]?.includes('tells of deliveries') === true
    test(`hears ${isTold ? 'that a message was delivered' : 'the last of a message, and of no delivery'}`, async () => {
      const id = 'a1/1/døtter %d %A&=+.sms'
      expect(await it.channel.send(message(id), soon())).toMatchObject({ ok: true })
      const { reports, deliver } = need(it.hooks)
      await deliver?.(id)
      await waitFor('the report', () =>
        reports.find((one) => one.notification === id && (one.to === 'delivered' || one.isLast)),
      )
      const delivered = reports.some((one) => one.notification === id && one.to === 'delivered')
      expect(delivered).toBe(isTold)
    })
  })

  ifIt('calls back', () => {
    test.each(['1 4821', 'Ja, jeg kommer på flekken! 100 % + æøå', 'Juo, čđŋšŧž 4821'])(
      'hears the answer %j',
      async (text) => {
        const { answers, answer } = need(it.hooks)
        await answer('+4790000001', text)
        await waitFor('the answer', () => answers.some((one) => one.text === text))
        expect(answers.filter((one) => one.text === text)).toEqual([{ from: '+4790000001', text }])
      },
    )
  })

  ifIt('calls back', () => {
    test('refuses callers who cannot prove that they are the provider', async () => {
      const { urls, reports, answers } = need(it.hooks)
      const before = [reports.length, answers.length]
      for (const url of urls) {
        for (const method of ['GET', 'POST']) {
          const form = {
            id: '1',
            status: 'delivered',
            MessageStatus: 'delivered',
            From: '+4790000001',
            Body: '1',
          }
          const body = method === 'POST' ? new URLSearchParams(form) : null
          const { status } = await fetch(url, {
            method,
            body,
            headers: { 'x-twilio-signature': Buffer.alloc(20).toString('base64') },
          })
          // 404: the provider uses the other method.
          expect([url, method, [403, 404]]).toEqual([url, method, expect.arrayContaining([status])])
        }
      }
      expect([reports.length, answers.length]).toEqual(before)
    })
  })

  ifIt('goes away', () => {
    test('says retry while the other side is away, and sends again when it is back', async () => {
      await need(it.down)()
      const one = message('while it is away', 'mens den er borte')
      const refusal = await waitFor('a refusal', async () => {
        const result = await it.channel.send(one, soon())
        return !result.ok && result
      })
      expect(refusal).toMatchObject({ retry: true })
      isDiscreet(refusal, one)
      const health = await it.channel.check?.(soon())
      expect(health).toMatchObject({ ok: false, error: expect.any(String) })
      isDiscreet(health, one)
      await need(it.up)()
      await waitFor('the channel to work again', async () => (await it.channel.check?.(soon()))?.ok)
      expect(await it.channel.send(message('back', 'tilbake'), soon())).toMatchObject({ ok: true })
      await arrives('tilbake')
    }, 30_000)
  })
})

/** A counterpart has what FEATURES says that it has. */
function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('FEATURES says more than this counterpart can do')
  return value
}
