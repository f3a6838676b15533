import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { startElksApi } from '../helpers/elks-api.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { waitFor } from '../helpers/wait-for.ts'

const HOMES = `homes:
  - id: h-1
    timezone: Europe/Oslo
    address: Kanarigata 17
    keySafe: { code: "K-0417" }
    sensors: [{ id: fall-1, profile: native, room: bathroom }]
    contacts: [{ id: daughter, name: Anne, phone: "+4790000001", language: en, alias: Mum }]
`

it(
  'a hub whose provider brings no answers sends a link in the SMS, which takes the alert, and logs no token',
  { timeout: 90_000 },
  async () => {
    await using stack = new AsyncDisposableStack()
    const elks = await startElksApi()
    stack.defer(() => elks.stop())
    const config = `
http: { url: "https://hub.example.no/" }
messages: { shown: [staff, family] }
channels:
  - name: elks
    type: http
    request:
      url: ${elks.url}/a1/sms
      basic: { username: ${elks.username}, password: ${elks.password} }
      form: { from: AAL, to: "{to}", message: "{text}" }
`
    const hub = await startHubProcess({ config })
    stack.defer(async () => void (await hub.kill('SIGTERM')))
    expect((statSync(join(hub.data, 'link.key')).mode & 0o777).toString(8)).toBe('600')
    await hub.api('POST', '/api/homes', { text: HOMES })
    const login = await hub.api<Login>('POST', '/api/homes/h-1/gateways', {})
    const client = await connectRaw(hub.mqttPort, login)
    client.send(
      publishPacket(
        'homes/h-1/sensors/fall-1',
        { kind: 'fall', value: 'detected' },
        { qos: 1, messageId: 1 },
      ),
    )
    const text = await waitFor('the message', () => elks.messages()[0]?.text)
    const [, path = '', token = ''] = /https:\/\/hub\.example\.no(\/d\/([\w-]{22}))$/.exec(text) ?? []
    expect(text).not.toContain('Reply 1')
    const page = await fetch(`${hub.url}${path}`)
    expect([page.status, page.headers.get('referrer-policy')]).toEqual([200, 'no-referrer'])

    const post = (form: Record<string, string>) =>
      fetch(`${hub.url}${path}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
    await post({ do: 'take' })
    const { alerts } = await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')
    expect(alerts.find(({ rule }) => rule === 'fall')).toMatchObject({ handledBy: 'contact:daughter' })

    await post({ do: 'send-code' })
    const code = await waitFor('the code', () =>
      elks
        .messages()
        .map((one) => /^\d{6}/.exec(one.text)?.[0])
        .find(Boolean),
    )
    const signedIn = await post({ do: 'sign-in', code })
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect(await (await fetch(`${hub.url}${path}`, { headers: { cookie } })).text()).toContain(
      'Kanarigata 17',
    )
    const { stderr, stdout } = await hub.kill('SIGTERM')
    for (const secret of [token, code, 'Kanarigata', 'K-0417', cookie.split('=')[1] ?? 'no cookie']) {
      expect(stderr + stdout).not.toContain(secret)
    }
  },
)
