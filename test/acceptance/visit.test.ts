import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import type { Certificate, Visit } from '../../hub/model/visit.ts'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import { mosquittoPub } from '../helpers/mosquitto.ts'
import { serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const BASE = '/api/homes/h-0001'

/** Ten sensors, and what Zigbee2MQTT says when the installer has done what each step asks. */
const SENSORS: readonly { id: string; profile: string; says: readonly object[] }[] = [
  { id: 'hall-door', profile: 'contact', says: [{ contact: false }, { contact: true }] },
  { id: 'sos-bath', profile: 'sos-button', says: [{ action: 'emergency', battery: 9 }] },
  { id: 'kitchen-smoke', profile: 'smoke', says: [{ smoke: true }, { smoke: false }] },
  {
    id: 'bath-radar',
    profile: 'fall-radar-owon-fds315',
    says: [{ status: 'occupied' }, { status: 'falling' }, { status: 'unoccupied' }],
  },
  { id: 'hall-motion', profile: 'motion', says: [{ occupancy: true }, { occupancy: false }] },
  { id: 'bed', profile: 'bed', says: [{ occupancy: true }, { occupancy: false }] },
  { id: 'tv-plug', profile: 'plug', says: [{ power: 61.5 }, { power: 0 }] },
  { id: 'front-lock', profile: 'lock', says: [{ lock_state: 'locked' }, { lock_state: 'unlocked' }] },
  { id: 'sink-leak', profile: 'water-leak', says: [{ water_leak: true }, { water_leak: false }] },
  { id: 'living-climate', profile: 'temperature', says: [{ temperature: 24.5 }] },
]

const HOMES = `homes:
  - id: h-0001
    timezone: Europe/Oslo
    label: Storgata 5, 2. etg
    state: planned
    gateways: [{ id: gw-0001 }]
    sensors:
${SENSORS.map(({ id, profile }) => `      - { id: ${id}, profile: zigbee2mqtt-${profile}, address: ${id}, room: r-${id} }`).join('\n')}
    contacts:
      - { id: anne, phone: "+4790000001", language: nb }
`

it.skipIf(serverMissing('mosquitto_pub'))(
  'an installer proves ten sensors over MQTT, then an alarm from the button to the answer by SMS, and gets the certificate',
  { timeout: 120_000 },
  async () => {
    const hub = await startHubProcess()
    await using stack = new AsyncDisposableStack()
    stack.defer(async () => void (await hub.kill()))
    await hub.api('POST', '/api/homes', { text: HOMES })
    const { password } = await hub.api<{ password: string }>('POST', `${BASE}/gateways`, { id: 'gw-0001' })
    const login = ['-h', '127.0.0.1', '-p', String(hub.mqttPort), '-u', 'gw-0001', '-P', password]
    const publish = async (sensor: string, payload: object, ...more: string[]): Promise<void> => {
      const topic = `homes/h-0001/zigbee2mqtt/${sensor}`
      const message = JSON.stringify({ linkquality: 180, ...payload })
      const { code, stderr } = await mosquittoPub([...login, '-t', topic, '-m', message, '-q', '1', ...more])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    }
    const visit = () => hub.api<Visit>('GET', `${BASE}/visit`)
    const sensor = async (id: string) => (await visit()).sensors.find((one) => one.sensor === id)
    const tests = async () =>
      (await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')).alerts.filter(
        ({ test, handling }) => test && handling === 'new',
      )
    /** From the installer's phone, as an SMS would. */
    const answerAll = async (): Promise<void> => {
      for (const { code } of await tests()) {
        await hub.api('POST', '/api/phone/h-0001/installer-ola', { text: `JA ${code}` })
      }
      expect(await tests()).toEqual([])
    }

    const began = performance.now()
    const took: Record<string, number> = {}
    const lap = (what: string): void => {
      took[what] = Math.round(performance.now() - began) / 1000
    }
    const who = { by: 'operator:ola', via: 'api' }
    await hub.api('POST', `${BASE}/visit`, { ...who, phone: '+4790000021' })
    lap('begun')

    // A message of before, and one that the broker is to keep, prove nothing.
    await publish('hall-door', { contact: false })
    await hub.api('POST', `${BASE}/visit/proofs`, { ...who, sensor: 'hall-door', step: 0 })
    await publish('hall-door', { contact: false }, '-r')
    expect(await sensor('hall-door')).toMatchObject({ state: 'asked', warnings: [{ code: 'retained' }] })

    for (const { id, says } of SENSORS) {
      for (const [step, payload] of says.entries()) {
        await hub.api('POST', `${BASE}/visit/proofs`, { ...who, sensor: id, step })
        await publish(id, payload)
      }
      expect(await sensor(id)).toMatchObject({ state: 'proven', signal: 71, qos: 1 })
    }
    lap('sensors')
    expect(await sensor('sos-bath')).toMatchObject({ battery: 9, warnings: [{ code: 'battery-low' }] })
    expect((await visit()).missing.map(({ code }) => code)).toEqual(['no-alarm', 'unanswered-tests'])
    await answerAll()

    await hub.api('POST', `${BASE}/visit/alarm`, { ...who, how: 'sensor', sensor: 'sos-bath' })
    await publish('sos-bath', { action: 'emergency' })
    await waitFor('the SMS on the phone', async () =>
      (await visit()).alarm?.legs.some(({ leg, at }) => leg === 'sent' && at !== undefined),
    )
    await answerAll()
    lap('alarm')
    const { alarm, missing } = await visit()
    expect(alarm).toMatchObject({
      how: 'sensor',
      sensor: 'sos-bath',
      state: 'answered',
      via: 'sms',
      answeredBy: 'contact:installer-ola',
    })
    expect(missing).toEqual([])

    const done = await hub.api<Visit>('POST', `${BASE}/visit/finish`, who)
    lap('finished')
    const id = done.finished?.certificate ?? ''
    const args = ['--data', hub.data, 'home']
    const pdf = join(tempDir('visit'), 'visit.pdf')
    const shown = await runAal([...args, 'certificate', 'h-0001', '--pdf', pdf, '--json'])
    const certificate = JSON.parse(shown.stdout) as Certificate
    expect({ code: shown.code, id: certificate.id }).toEqual({ code: 0, id })
    expect(certificate.visit.sensors.filter(({ state }) => state === 'proven')).toHaveLength(10)
    expect(readFileSync(pdf).subarray(0, 5).toString()).toBe('%PDF-')
    const table = await runAal([...args, 'prove', 'h-0001'])
    expect(table.stdout).toMatch(/sos-bath +r-sos-bath +Press the button now +pressed +.* battery-low/)
    expect(table.stdout).toMatch(/Alarm set off by a sensor \(sos-bath\): ANSWERED/)
    expect(await hub.api('GET', `${BASE}/service`)).toMatchObject({ state: 'active' })
    lap('printed')
    const legs = alarm?.legs.map(({ leg, seconds }) => `${leg} ${seconds ?? '-'}`).join(', ')
    process.stdout.write(`visit, seconds since it began: ${JSON.stringify(took)}; legs: ${legs}\n`)
  },
)
