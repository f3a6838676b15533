import type { Input } from '../model/input.ts'
import { ALARM_KINDS } from '../model/kind.ts'
import type { Intake } from './intake.ts'

/** Leaves out what is no alarm while there is no room for it. */
export interface Shedding {
  /** Looked at for each message. */
  isOn: boolean
  /** How many readings were left out, by home, since the last time. */
  take(): Readonly<Record<string, number>>
  /** How many were since the hub started. */
  total(): number
}

/**
 * The intake, of which only alarms are left while the disk is full. The rest is acknowledged: a gateway that got no PUBACK
 * would keep its alarms behind it (docs/decisions/0029-full-disk.md). A message is kept or left out as a whole.
 */
export function sheddingIntake(intake: Intake): { readonly intake: Intake; readonly shedding: Shedding } {
  const counts = new Map<string, number>()
  let total = 0
  const shedding: Shedding = {
    isOn: false,
    take() {
      const taken = Object.fromEntries(counts)
      counts.clear()
      return taken
    },
    total: () => total,
  }

  function alarmsOf(home: string, inputs: Input[]): Input[] {
    if (inputs.some(isAlarm)) return inputs
    const kept = inputs.filter(({ type }) => type !== 'reading' && type !== 'undecoded')
    const shed = inputs.length - kept.length
    if (shed > 0) {
      counts.set(home, (counts.get(home) ?? 0) + shed)
      total += shed
    }
    return kept
  }

  return {
    shedding,
    intake: {
      inputsOf(arrival, now) {
        const inputs = intake.inputsOf(arrival, now)
        return shedding.isOn ? alarmsOf(arrival.home, inputs) : inputs
      },
    },
  }
}

function isAlarm(input: Input): boolean {
  if (input.type === 'reading') return ALARM_KINDS.has(input.reading.kind)
  return input.type === 'undecoded' && input.alarm
}
