export const INDICATOR_IDS = [
  'acknowledge-time',
  'delivery-time',
  'answered-60',
  'answered-180',
  'false-alarms',
  'unanswered-steps',
  'unprotected',
] as const
export type IndicatorId = (typeof INDICATOR_IDS)[number]

/** One number for a stretch of time. */
export interface Figure {
  /** Absent where there is nothing to measure: no alert, no home. */
  readonly value?: number
  /** Of times: nine of ten are at most this long. */
  readonly p90?: number
  /** The whole of what a share or a rate is made of: steps that ran out, minutes. */
  readonly total?: number
  /** On how many it is measured: alerts, steps, hours of homes. */
  readonly of: number
  /** Out of how many, where some cannot be measured: those that were not answered, or whose channel reports nothing. */
  readonly among?: number
  /** The same for each rule, sensor or home, the worst first. */
  readonly parts?: readonly Part[]
}

export interface Part {
  readonly sort: 'rule' | 'sensor' | 'home'
  /** `fall`, `h1/fall-1`, `h1`. */
  readonly id: string
  readonly value?: number
  readonly of: number
}

/** What an indicator is, for whoever reads the figure. */
export interface IndicatorMeaning {
  readonly name: { readonly en: string; readonly nb: string }
  readonly unit: 's' | '%' | 'min/day'
  readonly definition: string
  readonly purpose: string
  /** From which data, and how. */
  readonly measured: string
  readonly target?: { readonly is: 'at least' | 'at most'; readonly value: number; readonly source: string }
}

const TSA = 'UK TSA telecare code, as reported; check it at its source before quoting it as a norm'

export const INDICATORS: Readonly<Record<IndicatorId, IndicatorMeaning>> = {
  'acknowledge-time': {
    name: { en: 'Time to answer', nb: 'Tid til svar' },
    unit: 's',
    definition: 'Median time from when the hub learned of an alert until a human first took or resolved it.',
    purpose: 'How long a person waits until somebody is on it.',
    measured:
      'High and medium alerts about people (no technical ones, no tests) opened in the period; those answered. What was over by itself before anybody answered does not count.',
  },
  'delivery-time': {
    name: { en: 'Time to first message on a phone', nb: 'Tid til første melding på telefon' },
    unit: 's',
    definition: 'Median time from when the hub learned of an alert until its first message was on a phone.',
    purpose: 'Whether the messages come through, and how fast.',
    measured:
      'The same alerts, of those that told somebody; the first report of the provider that says delivered. Channels that report no deliveries cannot be measured.',
  },
  'answered-60': {
    name: { en: 'Answered within 60 s', nb: 'Besvart innen 60 s' },
    unit: '%',
    definition: 'Share of alerts that a human took or resolved within 60 s.',
    purpose: 'Whether there are enough people on duty.',
    measured: 'The same alerts; those not answered and older than 60 s count as late.',
    target: { is: 'at least', value: 97.5, source: TSA },
  },
  'answered-180': {
    name: { en: 'Answered within 3 min', nb: 'Besvart innen 3 min' },
    unit: '%',
    definition: 'Share of alerts that a human took or resolved within 180 s.',
    purpose: 'Whether anybody waits for long.',
    measured: 'The same alerts; those not answered and older than 180 s count as late.',
    target: { is: 'at least', value: 99, source: TSA },
  },
  'false-alarms': {
    name: { en: 'False alarms', nb: 'Falske alarmer' },
    unit: '%',
    definition: 'Share of resolved alerts whose cause was false, pet, visitor or equipment.',
    purpose: 'Which rule or sensor wears people out: who is called in vain too often comes late.',
    measured:
      'Alerts about people of all severities opened in the period and resolved as real, false, pet, visitor or equipment; not those resolved as test or other, or over by themselves. By rule and by sensor.',
  },
  'unanswered-steps': {
    name: { en: 'Unanswered steps', nb: 'Ubesvarte trinn' },
    unit: '%',
    definition: 'Share of the steps of escalation that ran out without an answer; total: how many.',
    purpose: 'How often the next person had to be told because the one before did not answer.',
    measured:
      'Steps of the high and medium alerts about people opened in the period after which another step followed, or after which the wait is over without an answer.',
    target: { is: 'at most', value: 0, source: 'our own: the first who is told answers' },
  },
  unprotected: {
    name: { en: 'Unprotected minutes', nb: 'Ubeskyttede minutter' },
    unit: 'min/day',
    definition:
      'Minutes a day, for an average home, in which an alarm from it could not have come through; total: all minutes of all homes.',
    purpose: 'Where people believe that they are watched over, and are not.',
    measured:
      'For each home of the register, since it was registered: time without a connected gateway (homes that have gateways), time in which no sensor of an alarm-class profile had been heard within its interval, and time in which the hub itself was away. From the journal; of = hours of homes.',
    target: {
      is: 'at most',
      value: 0,
      source: 'our own; EN 50136-1 has classes from 25 h down to 20 s for how soon it must be noticed',
    },
  },
}
