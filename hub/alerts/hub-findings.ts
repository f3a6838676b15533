import type { Finding, Severity } from '../model/alert.ts'

/** What the hub itself may find, beside the rules. The ids start with `hub-`, which no rule may. */
export const HUB_FINDINGS = {
  'hub-undecoded': {
    title: {
      en: 'Unreadable alarm message',
      nb: 'Uleselig alarmmelding',
      nn: 'Uleseleg alarmmelding',
    },
    category: 'safety',
    resolve: 'manual',
    severity: 'high',
  },
  'hub-clock': {
    title: { en: 'Sensor clock is wrong', nb: 'Sensorens klokke går feil', nn: 'Klokka i sensoren går feil' },
    category: 'technical',
    resolve: 'manual',
    severity: 'low',
  },
  'hub-reading-id': {
    title: {
      en: 'Reading id used twice',
      nb: 'Samme måle-id brukt to ganger',
      nn: 'Same måle-id brukt to gonger',
    },
    category: 'technical',
    resolve: 'manual',
    severity: 'low',
  },
  'hub-rule-fault': {
    title: {
      en: 'A rule cannot be evaluated',
      nb: 'En regel kan ikke regnes ut',
      nn: 'Ein regel kan ikkje reknast ut',
    },
    category: 'technical',
    resolve: 'manual',
    severity: 'medium',
  },
  'hub-profile-missing': {
    title: {
      en: 'Sensor cannot be read: its profile is gone',
      nb: 'Sensoren kan ikke leses: profilen er borte',
      nn: 'Sensoren kan ikkje lesast: profilen er borte',
    },
    category: 'technical',
    resolve: 'auto',
    severity: 'medium',
  },
} as const satisfies Record<string, Finding & { severity: Severity }>

export type HubFinding = keyof typeof HUB_FINDINGS
