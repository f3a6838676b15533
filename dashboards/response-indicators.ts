import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import type { IndicatorId, IndicatorMeaning } from '../hub/model/indicator.ts'
import { INDICATOR_IDS, INDICATORS } from '../hub/model/indicator.ts'
import { frame } from './frame.ts'
import { asSeries, asTable, byInterval, inRange, is, last, mean, select, within } from './influxql.ts'
import { ACTIVE, BACKGROUND, WELL } from './palette.ts'
import { chart, stat } from './panel.ts'
import type { AnyPanel, Step } from './panel.ts'
import { hubWrites, newestSample } from './sampled.ts'
import type { Words } from './words.ts'

/** Written once an hour. */
const NOW = within('3h')

/** As Grafana writes them. */
const UNITS: Readonly<Record<IndicatorMeaning['unit'], string>> = {
  s: 's',
  '%': 'percent',
  'min/day': 'suffix: min/day',
}

/** What to do when it is bad; what it is, the indicator itself says. */
const REMEDIES: Readonly<Record<IndicatorId, readonly [en: string, nb: string]>> = {
  'acknowledge-time': [
    'Rising: look on which shift, and whether enough people are on duty.',
    'Stiger: se på hvilken vakt, og om det er nok folk.',
  ],
  'delivery-time': [
    'Rising: the provider or the phone network is slow; see Hub health, and try another channel.',
    'Stiger: leverandøren eller mobilnettet er tregt; se Huben, og prøv en annen kanal.',
  ],
  'answered-60': [
    'Below the target: more people, or another order of who is told.',
    'Under målet: flere folk, eller en annen rekkefølge på hvem som varsles.',
  ],
  'answered-180': [
    'Below the target: somebody waited for long. Find these alerts in the console, and ask why.',
    'Under målet: noen ventet lenge. Finn varslene i konsollen, og spør hvorfor.',
  ],
  'false-alarms': [
    'High: "aal indicators" and the console say by which rule and sensor; have their limits or places looked at.',
    'Høyt: «aal indicators» og konsollen sier hvilken regel og sensor; få sett på grenser og plassering.',
  ],
  'unanswered-steps': [
    'High: those who are told first do not answer; change the order or the hours.',
    'Høyt: de som varsles først, svarer ikke; endre rekkefølgen eller tidene.',
  ],
  unprotected: [
    'Above nothing: Area overview says which homes, and why.',
    'Over null: Områder sier hvilke hjem, og hvorfor.',
  ],
}

/** Texts in the model are English; what the figure is called there is in both languages. */
const DEFINITIONS_NB: Readonly<Record<IndicatorId, string>> = {
  'acknowledge-time': 'Median tid fra huben fikk vite om et varsel til et menneske tok eller avsluttet det.',
  'delivery-time': 'Median tid fra huben fikk vite om et varsel til den første meldingen var på en telefon.',
  'answered-60': 'Andel varsler som et menneske tok eller avsluttet innen 60 s.',
  'answered-180': 'Andel varsler som et menneske tok eller avsluttet innen 180 s.',
  'false-alarms': 'Andel avsluttede varsler med årsak falsk, kjæledyr, besøk eller utstyr.',
  'unanswered-steps': 'Andel trinn i varslingen som gikk ut uten svar.',
  unprotected: 'Minutter i døgnet, for et gjennomsnittlig hjem, da en alarm derfra ikke kunne kommet fram.',
}

/** How well alarms are answered, against the targets that the console has. */
export function responseIndicators(words: Words): Dashboard {
  const { say } = words
  return frame(words, {
    name: 'response-indicators',
    title: say('Response indicators', 'Svartid og kvalitet'),
    description: say(
      'How well alarms are answered, each figure over the last 24 h, against its target. For longer stretches and the worst rules and sensors: "aal indicators" and the console.',
      'Hvor godt alarmer blir besvart, hvert tall over de siste 24 t, mot målet. For lengre tid og de verste reglene og sensorene: «aal indicators» og konsollen.',
    ),
    from: 'now-7d',
    consolePage: '/shift',
    rows: [
      ...INDICATOR_IDS.map((id) => ({
        height: 6,
        panels: [[8, figure(words, id)] as const, [16, overTime(words, id)] as const],
      })),
      {
        height: 4,
        panels: [
          [12, hubWrites(words)],
          [12, newestSample(words)],
        ],
      },
    ],
  })
}

function about({ say, language }: Words, id: IndicatorId) {
  const { name, definition, target, unit } = INDICATORS[id]
  const goal =
    target === undefined
      ? say('It has no target.', 'Det har ikke noe mål.')
      : say(
          `Target: ${target.is} ${target.value} ${unit} (${target.source}).`,
          `Mål: ${target.is === 'at least' ? 'minst' : 'høyst'} ${target.value} ${unit} (${target.source}).`,
        )
  return {
    title: `${name[language]} (${unit})`,
    description: `${say(definition, DEFINITIONS_NB[id])} ${goal} ${say(...REMEDIES[id])}`,
    none: say(
      'Nothing to measure in 24 h, or nothing written for 3 h',
      'Ingenting å måle på 24 t, eller ingenting skrevet på 3 t',
    ),
  }
}

function steps(id: IndicatorId): readonly Step[] {
  const { target } = INDICATORS[id]
  if (target === undefined) return [{ color: WELL }]
  if (target.is === 'at least') return [{ color: BACKGROUND.medium }, { from: target.value, color: WELL }]
  // A threshold holds from its value on: at most 0 is kept at 0.
  return [{ color: WELL }, { from: target.value + SMALLEST, color: BACKGROUND.medium }]
}

/** Less than any figure shows. */
const SMALLEST = 0.05

function figure(words: Words, id: IndicatorId): AnyPanel {
  const { say } = words
  const { unit } = INDICATORS[id]
  const isTime = unit === 's'
  return stat({
    ...about(words, id),
    queries: [
      asTable(
        'A',
        select({
          select: { value: last('value'), ...(isTime && { p90: last('p90') }), of: last('of') },
          from: 'indicator',
          where: [is('indicator', id), NOW],
        }),
      ),
    ],
    unit: UNITS[unit],
    decimals: 1,
    steps: steps(id),
    also: {
      ...(isTime && { p90: { title: say('nine of ten within', 'ni av ti innen'), unit: UNITS[unit] } }),
      of: {
        title: id === 'unprotected' ? say('hours of homes', 'timer i hjem') : say('measured on', 'målt på'),
        unit: 'none',
      },
    },
  })
}

function overTime(words: Words, id: IndicatorId): AnyPanel {
  const { say, language } = words
  const { name, unit, target } = INDICATORS[id]
  const told = about(words, id)
  return chart({
    ...told,
    title: say(`${name.en} over time`, `${name.nb} over tid`),
    queries: [
      asSeries(
        'A',
        select({
          select: { value: mean('value') },
          from: 'indicator',
          where: [inRange, is('indicator', id)],
          groupBy: [byInterval],
          fill: 'none',
        }),
        name[language],
      ),
    ],
    unit: UNITS[unit],
    decimals: 1,
    min: 0,
    ...(unit === '%' && { max: 100 }),
    interval: '1h',
    draw: 'points',
    ...(target !== undefined && { limits: steps(id) }),
    colours: { [name[language]]: ACTIVE },
  })
}
