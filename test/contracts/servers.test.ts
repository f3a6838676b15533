import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startChromium } from '../helpers/chromium.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { startKannel } from '../helpers/kannel.ts'
import type { Kannel } from '../helpers/kannel.ts'
import { mosquittoPub, mosquittoSub, startMosquitto } from '../helpers/mosquitto.ts'
import { startServer } from '../helpers/server-process.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'

describe('startServer', () => {
  it('shows the output of a server that ends at start', async () => {
    const started = startServer({
      name: 'broken',
      command: '/bin/sh',
      args: ['-c', 'echo no such file >&2; exit 3'],
      ready: () => false,
    })
    await expect(started).rejects.toThrow(/broken ended at start \(exit code 3\)[^]*no such file/)
  })

  it('shows the output of a server that does not get ready, and ends it', async () => {
    let pid = 0
    const started = startServer({
      name: 'slow',
      command: '/bin/sh',
      args: ['-c', 'echo $$; exec sleep 60'],
      onLine: (line) => {
        pid = Number(line)
      },
      ready: () => false,
      timeout: 300,
    })
    await expect(started).rejects.toThrow(/slow did not get ready/)
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })
})

describe.skipIf(serverMissing('influxd'))('startInfluxd', () => {
  it('gives a server that keeps a point over a crash and a restart on the same port', async () => {
    const first = await startInfluxd()
    await first.query('', 'CREATE DATABASE aal')
    const written = await fetch(`${first.url}/write?db=aal`, {
      method: 'POST',
      body: 'spo2,home=h-1 value=93 1795000000000000000',
    })
    expect(written.status).toBe(204)
    await first.stop('SIGKILL')
    await expect(fetch(`${first.url}/ping`)).rejects.toThrow('fetch failed')

    const second = await startInfluxd({ dir: first.dir, port: first.port })
    try {
      expect(second.url).toBe(first.url)
      const series = await second.query('aal', 'SELECT value FROM spo2 GROUP BY home')
      expect(series).toEqual([
        {
          name: 'spo2',
          tags: { home: 'h-1' },
          columns: ['time', 'value'],
          values: [[1795000000000000000, 93]],
        },
      ])
      await expect(second.query('aal', 'SELECT')).rejects.toThrow(
        'Cannot query InfluxDB: error parsing query',
      )
    } finally {
      await second.stop()
    }
  })
})

describe.skipIf(serverMissing('bearerbox', 'smsbox', 'fakesmsc'))('startKannel', () => {
  const calls: URL[] = []
  const hub = createServer((request, response) => {
    calls.push(new URL(request.url ?? '', 'http://hub'))
    response.end()
  })
  let hubUrl: string
  let kannel: Kannel

  beforeAll(async () => {
    await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve))
    hubUrl = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`
    kannel = await startKannel({ inboundUrl: `${hubUrl}/inbound?token=secret&from=%p&text=%a` })
  })
  afterAll(async () => {
    await kannel.stop()
    await new Promise((resolve) => hub.close(resolve))
  })

  const send = async (parameters: Record<string, string>): Promise<{ status: number; body: string }> => {
    const query = new URLSearchParams({
      username: kannel.username,
      password: kannel.password,
      from: kannel.from,
      charset: 'UTF-8',
      coding: '0',
      ...parameters,
    })
    const response = await fetch(`${kannel.sendUrl}?${query}`)
    return { status: response.status, body: await response.text() }
  }

  it('carries æøå, several lines and the sign % to the phone', async () => {
    const text = 'Mor har trykket på SOS. Svar Æ, Ø eller Å 100 %:\n1 = jeg drar dit'
    const answer = await send({ to: '+4790000001', text })
    expect(answer).toEqual({ status: 202, body: '0: Accepted for delivery' })
    const sms = await kannel.waitForMessage((message) => message.to === '+4790000001')
    expect(sms).toEqual({ from: '2000', to: '+4790000001', text, parts: 1 })
  })

  it('puts the parts of a long message together again', async () => {
    const text = 'Sjøen går høyt på Ålesund. '.repeat(10).trim()
    await send({ to: '+4790000002', text })
    const sms = await kannel.waitForMessage((message) => message.to === '+4790000002')
    expect(sms.text).toBe(text)
    expect(sms.parts).toBe(2)
  })

  it('carries what GSM-7 has no letter for with coding 2', async () => {
    await send({ to: '+4790000003', text: 'Привет 日本 😀', coding: '2' })
    const sms = await kannel.waitForMessage((message) => message.to === '+4790000003')
    expect(sms.text).toBe('Привет 日本 😀')
  })

  it('reports "at the SMS centre" (8) and "delivered" (1) to the dlr-url', async () => {
    const to = '+4790000004'
    await send({ to, text: 'Hei', 'dlr-mask': '31', 'dlr-url': `${hubUrl}/dlr?id=n-1&type=%d&phone=%p` })
    const types = (): string[] =>
      calls
        .filter((url) => url.pathname === '/dlr' && url.searchParams.get('id') === 'n-1')
        .map((url) => url.searchParams.get('type') ?? '')
    await waitFor('two delivery reports', () => types().length >= 2)
    // Kannel's two connections to the URL race: either may come first.
    expect(types().sort()).toEqual(['1', '8'])
  })

  it('brings the answer of a phone to the inbound URL', async () => {
    await kannel.answer('+4790000005', 'Ja, jeg går på første båt 4711')
    const call = await waitFor('the inbound URL to be called', () =>
      calls.find((url) => url.searchParams.get('from') === '+4790000005'),
    )
    expect(call.pathname).toBe('/inbound')
    expect(call.searchParams.get('token')).toBe('secret')
    expect(call.searchParams.get('text')).toBe('Ja, jeg går på første båt 4711')
  })

  it('refuses a wrong password', async () => {
    expect((await send({ to: '+4790000006', text: 'x', password: 'wrong' })).status).toBe(403)
  })

  it('keeps messages while the SMS centre is away, and reports no delivery before it is back', async () => {
    const to = '+4790000007'
    await kannel.stopSmsc()
    const answer = await send({
      to,
      text: 'Hei',
      'dlr-mask': '31',
      'dlr-url': `${hubUrl}/dlr?id=n-2&type=%d`,
    })
    expect(answer.status).toBe(202)
    expect(kannel.received().filter((message) => message.to === to)).toEqual([])
    expect(calls.filter((url) => url.searchParams.get('id') === 'n-2')).toEqual([])
    await kannel.startSmsc()
    expect((await kannel.waitForMessage((message) => message.to === to)).text).toBe('Hei')
    await waitFor('its delivery report', () =>
      calls.some((url) => url.searchParams.get('id') === 'n-2' && url.searchParams.get('type') === '1'),
    )
  })
})

describe.skipIf(serverMissing('mosquitto', 'mosquitto_pub', 'mosquitto_sub'))('startMosquitto', () => {
  it('passes a message from mosquitto_pub to mosquitto_sub', async () => {
    const broker = await startMosquitto()
    try {
      const to = ['-h', '127.0.0.1', '-p', String(broker.port), '-q', '1', '-t', 'homes/h-1/sensors/s-1']
      // Kept by the broker (-r), so that it does not matter who is first.
      const published = await mosquittoPub([...to, '-r', '-m', '{"kind":"sos","value":"pressed"}'])
      expect(published).toEqual({ code: 0, stdout: '', stderr: '' })
      const heard = await mosquittoSub([...to, '-C', '1'])
      expect(heard).toEqual({ code: 0, stdout: '{"kind":"sos","value":"pressed"}\n', stderr: '' })
    } finally {
      await broker.stop()
    }
  })

  it('takes a configuration, and mosquittoPub tells the exit code of a refusal', async () => {
    const broker = await startMosquitto({ config: 'allow_anonymous false' })
    try {
      const published = await mosquittoPub([
        '-h',
        '127.0.0.1',
        '-p',
        String(broker.port),
        '-t',
        't',
        '-m',
        'x',
      ])
      expect(published.code).toBe(5)
      expect(published.stderr).toContain('not authorised')
    } finally {
      await broker.stop()
    }
  })
})

describe.skipIf(serverMissing('chromium'))('startChromium', () => {
  it('opens a page and runs its script', async () => {
    const browser = await startChromium()
    try {
      const page = await browser.newPage()
      await page.goto(
        'data:text/html;charset=utf-8,<h1></h1><script>document.querySelector("h1").textContent="På vakt"</script>',
      )
      expect(await page.textContent('h1')).toBe('På vakt')
    } finally {
      await browser.close()
    }
  })
})
