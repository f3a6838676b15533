import type { Form, Profile } from '../../hub/decode/profile.ts'
import { fillTopic } from '../../hub/decode/topic-index.ts'
import type { Random } from './random.ts'

/** The sorts of sensors that the simulator can be, and the profile by which the hub reads each. */
export const MODELS = {
  motion: { profile: 'zigbee2mqtt-motion', name: 'motion sensor' },
  contact: { profile: 'zigbee2mqtt-contact', name: 'door contact' },
  'fall-radar': { profile: 'zigbee2mqtt-fall-radar-owon-fds315', name: 'fall radar' },
  'sos-button': { profile: 'zigbee2mqtt-sos-button', name: 'SOS button' },
  bed: { profile: 'native', name: 'bed sensor' },
  pendant: { profile: 'native', name: 'fall pendant' },
  oximeter: { profile: 'native', name: 'pulse oximeter' },
} as const

export type Model = keyof typeof MODELS

export interface SimulatedSensor {
  readonly id: string
  /** `other` is one of any profile: it speaks by itself, and nothing that happens in the home moves it. */
  readonly model: Model | 'other'
  /** Of an `other`. */
  readonly profile?: Profile
  readonly room?: string
  readonly role?: string
  /** Worn by or measuring the home's resident, not the home. */
  readonly isPersonal?: true
}

/** One MQTT message of a sensor, as the real one would send it. */
export interface Message {
  /** ms since 1970. */
  readonly at: number
  readonly sensor: string
  readonly form: Form
  /** A text is the payload itself; anything else is sent as JSON. */
  readonly payload: unknown
  /** Sent by itself, without anybody doing anything: it goes on when the person lies on the floor. */
  readonly isRoutine?: true
}

/** What a sensor shows now; only what its model has. */
export interface Shown {
  readonly motion?: boolean
  readonly isOpen?: boolean
  readonly status?: 'unoccupied' | 'occupied' | 'sitting' | 'low_posture' | 'falling'
  readonly bed?: 'occupied' | 'empty'
  readonly spo2?: number
  readonly heartRate?: number
}

/** What a sensor shows while everybody is in bed. */
export const AT_REST: Readonly<Record<Model | 'other', Shown>> = {
  motion: { motion: false },
  contact: { isOpen: false },
  'fall-radar': { status: 'unoccupied' },
  'sos-button': {},
  bed: { bed: 'occupied' },
  pendant: {},
  oximeter: {},
  other: {},
}

/** The payload of a sensor's ordinary message. Battery in %. */
export function payloadOf(model: Model, shown: Shown, battery: number, random: Random): unknown {
  // 0 to 255, as Zigbee2MQTT gives it.
  const linkquality = random.whole(70, 190)
  switch (model) {
    case 'motion':
      return { battery, linkquality, occupancy: shown.motion }
    case 'contact':
      return { battery, contact: !shown.isOpen, linkquality }
    case 'fall-radar':
      return {
        breathing_rate: shown.status === 'unoccupied' ? 0 : random.whole(12, 19),
        linkquality,
        status: shown.status,
      }
    case 'sos-button':
      return { action: null, battery, linkquality }
    case 'bed':
      return [
        { kind: 'bed', value: shown.bed },
        { kind: 'battery', value: battery },
      ]
    case 'pendant':
      return [
        { kind: 'battery', value: battery },
        { kind: 'link', value: Math.round((linkquality * 100) / 255) },
      ]
    case 'oximeter':
      return shown.spo2 === undefined
        ? { kind: 'battery', value: battery }
        : [
            { kind: 'spo2', value: shown.spo2 },
            { kind: 'heart_rate', value: shown.heartRate },
          ]
  }
}

/** The radar is on mains; of others the profile says it. */
export function hasBattery({ model, profile }: SimulatedSensor): boolean {
  return profile ? profile.power === 'battery' : model !== 'fall-radar'
}

/** The profile by which the hub reads it. */
export function profileIdOf({ id, model, profile }: SimulatedSensor): string {
  if (model !== 'other') return MODELS[model].profile
  if (!profile) throw new Error(`the simulated sensor ${id} has no profile`)
  return profile.id
}

/** The topic below `homes/<homeId>/`. Simulated sensors have their id as their address. */
export function topicOf(sensor: SimulatedSensor, form: Form): string {
  const { id, profile } = sensor
  if (profile) {
    const topic = profile.topics.find((one) => one.form === form)
    if (!topic) throw new Error(`the profile ${profile.id} has no topic "${form}"`)
    return fillTopic(topic.template, { id, address: id })
  }
  if (profileIdOf(sensor) === 'native') return `sensors/${sensor.id}`
  return `zigbee2mqtt/${sensor.id}${form === 'availability' ? '/availability' : ''}`
}

/** The bytes of a message. */
export function encodePayload(payload: unknown): Buffer {
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
}
