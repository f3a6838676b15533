/**
 * What a reading can measure. An `event` is a happening: each one counts. A `state` says how things are:
 * the same value again only refreshes it.
 */
export interface Kind {
  readonly sort: 'event' | 'state'
  readonly value: 'word' | 'boolean' | 'number'
  /** The words a `word` kind may take, in the order of their code in the history (first is 0). */
  readonly words?: readonly string[]
  /** Unit of a number, as people write it. */
  readonly unit?: string
  /** Plausible bounds of a number, inclusive: outside, the sensor is wrong and the reading is not taken. */
  readonly min?: number
  readonly max?: number
}

const event = (...words: string[]): Kind => ({ sort: 'event', value: 'word', words })
const word = (...words: string[]): Kind => ({ sort: 'state', value: 'word', words })
const yesNo: Kind = { sort: 'state', value: 'boolean' }
const number = (unit: string, min: number, max: number): Kind => ({
  sort: 'state',
  value: 'number',
  unit,
  min,
  max,
})

/** Every kind the hub knows. The order of words is their code in the history: add at the end only. */
export const KINDS: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    fall: event('detected', 'suspected', 'confirmed', 'cancelled'),
    sos: event('pressed', 'cancelled'),
    medication: event('taken', 'missed'),
    door: word('closed', 'open'),
    motion: yesNo,
    presence: yesNo,
    bed: word('empty', 'occupied'),
    chair: word('empty', 'occupied'),
    smoke: yesNo,
    gas: yesNo,
    carbon_monoxide: yesNo,
    water_leak: yesNo,
    tamper: yesNo,
    heart_rate: number('/min', 0, 400),
    respiration_rate: number('/min', 0, 150),
    spo2: number('%', 0, 100),
    systolic: number('mmHg', 0, 400),
    diastolic: number('mmHg', 0, 300),
    body_temperature: number('°C', 10, 50),
    room_temperature: number('°C', -60, 100),
    weight: number('kg', 0, 500),
    glucose: number('mmol/L', 0, 100),
    humidity: number('%', 0, 100),
    power: number('W', -100_000, 100_000),
    illuminance: number('lx', 0, 200_000),
    consciousness: word('A', 'C', 'V', 'P', 'U'),
    oxygen: yesNo,
    battery: number('%', 0, 100),
    link: number('%', 0, 100),
    mains: yesNo,
    availability: word('offline', 'online'),
    lock: word('locked', 'unlocked'),
  }),
)

/** Kinds whose message must never be lost to a rule's convenience (docs/meaning.md, 10). */
export const ALARM_KINDS: ReadonlySet<string> = new Set(['fall', 'sos', 'smoke', 'gas', 'carbon_monoxide'])

/**
 * Says whether a value is one that this kind can have.
 * @returns undefined when it is; else the reason, for people: `is 300, expected 0 to 100 %`
 */
export function whyNotValue(kind: Kind, value: unknown): string | undefined {
  const shown = (): string => JSON.stringify(value)
  switch (kind.value) {
    case 'word':
      return typeof value === 'string' && kind.words?.includes(value)
        ? undefined
        : `is ${shown()}, expected one of ${kind.words?.join(', ')}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `is ${shown()}, expected true or false`
    case 'number': {
      const { min = -Infinity, max = Infinity, unit } = kind
      return typeof value === 'number' && value >= min && value <= max
        ? undefined
        : `is ${shown()}, expected a number from ${min} to ${max} ${unit}`
    }
  }
}
