import type { AnnotationQuery, Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { KINDS } from '../hub/model/kind.ts'
import type { RuleSet } from '../hub/rules/rule.ts'
import { frame, hubPage, tagVariable } from './frame.ts'
import {
  asSeries,
  asTable,
  columns,
  DATA_SOURCE,
  identifier,
  inRange,
  is,
  isChosen,
  newest,
  select,
  tagValues,
} from './influxql.ts'
import type { Expression } from './influxql.ts'
import { kindValues, protectionStates, reasons, yesNo } from './mappings.ts'
import { openAlertsTable } from './open-alerts.ts'
import { BACKGROUND, LINE, WELL } from './palette.ts'
import { bands, chart, stat } from './panel.ts'
import type { AnyPanel, Step } from './panel.ts'
import { HOME_NOW, hubWrites } from './sampled.ts'
import type { Words } from './words.ts'

const OF_HOME: Expression = isChosen('home', 'home')

/** Is this home all right and protected? */
export function home(words: Words): Dashboard {
  const { say } = words
  return frame(words, {
    name: 'home',
    title: say('Home', 'Hjem'),
    description: say(
      'One home: is it protected, what happened in it, how is who lives there. By its pseudonym; the console knows more.',
      'Ett hjem: er det beskyttet, hva har skjedd der, hvordan har beboeren det. Med pseudonym; konsollen vet mer.',
    ),
    from: 'now-24h',
    consolePage: '/homes/${home:percentencode}',
    variables: [tagVariable('home', say('Home', 'Hjem'), tagValues('home', 'home'), false)],
    annotations: [raised(words)],
    rows: [
      {
        height: 4,
        panels: [
          [6, protectedNow(words)],
          [6, why(words)],
          [4, link(words)],
          [4, openCount(words)],
          [4, hubWrites(words)],
        ],
      },
      {
        height: 7,
        panels: [
          [
            24,
            openAlertsTable(words, {
              title: say('Open alerts', 'Åpne varsler'),
              description: say(
                'What is not resolved in this home. Take it by its link into the console.',
                'Det som ikke er avsluttet i dette hjemmet. Ta det med lenken inn i konsollen.',
              ),
              none: say('No open alerts in this home', 'Ingen åpne varsler i dette hjemmet'),
              where: [OF_HOME],
              ofHome: true,
            }),
          ],
        ],
      },
      { height: 6, panels: [[24, doors(words)]] },
      { height: 7, panels: [[24, motion(words)]] },
      { height: 5, panels: [[24, beds(words)]] },
      {
        height: 8,
        panels: [
          [12, spo2(words)],
          [12, pulse(words)],
        ],
      },
      {
        height: 8,
        panels: [
          [8, breathing(words)],
          [8, temperature(words)],
          [8, bloodPressure(words)],
        ],
      },
      {
        height: 7,
        panels: [
          [8, rooms(words)],
          [8, batteries(words)],
          [8, signals(words)],
        ],
      },
    ],
  })
}

function raised({ say }: Words): AnnotationQuery {
  const query = select({
    select: columns(['alert', 'rule', 'severity']),
    from: 'alert',
    where: [inRange, OF_HOME, is('what', 'raised')],
  })
  return {
    name: say('Alerts', 'Varsler'),
    datasource: DATA_SOURCE,
    enable: true,
    iconColor: LINE.high,
    // As Grafana's own editor writes it: the columns that are the text and the tags of a mark.
    target: {
      refId: 'Anno',
      datasource: DATA_SOURCE,
      query: query.influxql,
      rawQuery: true,
      resultFormat: 'table',
      fromAnnotations: true,
      textEditor: true,
      textColumn: 'rule',
      tagsColumn: 'severity',
    } as unknown as NonNullable<AnnotationQuery['target']>,
  }
}

/** The home as it was seen last. */
function now(first: string, ...others: readonly string[]) {
  return asTable('A', select({ select: newest(first, others), from: 'home', where: [HOME_NOW, OF_HOME] }))
}

const UNKNOWN_SINCE: readonly [string, string] = ['unknown for 30 min', 'ukjent i 30 min']

function protectedNow(words: Words): AnyPanel {
  const { say } = words
  return stat({
    title: say('Protected now?', 'Beskyttet nå?'),
    description: say(
      'Can an alarm from this home come through to somebody now? Not: call the resident, and see in the console what is missing and what to do.',
      'Kan en alarm herfra komme fram til noen nå? Ikke beskyttet: ring beboeren, og se i konsollen hva som mangler og hva som må gjøres.',
    ),
    none: say(...UNKNOWN_SINCE),
    queries: [now('state')],
    unit: 'string',
    field: 'state',
    steps: [{ color: WELL }],
    mappings: [protectionStates(words)],
    links: [
      {
        title: say('The home in the console', 'Hjemmet i konsollen'),
        url: hubPage('/homes/${home:percentencode}'),
        newTab: true,
      },
    ],
  })
}

function why(words: Words): AnyPanel {
  const { say } = words
  return stat({
    title: say('What is missing', 'Hva som mangler'),
    description: say(
      'The gravest of the reasons why the home is not, or only partly, protected. All of them, and what to do about each, are in the console.',
      'Den alvorligste grunnen til at hjemmet ikke, eller bare delvis, er beskyttet. Alle grunnene, og hva man gjør med dem, står i konsollen.',
    ),
    none: say(...UNKNOWN_SINCE),
    queries: [now('reason')],
    unit: 'string',
    field: 'reason',
    steps: [{ color: WELL }],
    mappings: [reasons(words)],
  })
}

function link({ say }: Words): AnyPanel {
  return stat({
    title: say('Gateway', 'Gateway'),
    description: say(
      'Whether a gateway of the home is connected to the hub. Not: no alarm can come; have power and network checked, and call the resident.',
      'Om en gateway i hjemmet er tilkoblet huben. Ikke: ingen alarm kan komme; få sjekket strøm og nett, og ring beboeren.',
    ),
    none: say(...UNKNOWN_SINCE),
    queries: [now('online')],
    unit: 'none',
    steps: [{ color: WELL }],
    mappings: [
      yesNo(
        { text: say('connected', 'tilkoblet'), color: WELL },
        { text: say('NOT CONNECTED', 'IKKE TILKOBLET'), color: BACKGROUND.high },
      ),
    ],
  })
}

function openCount({ say }: Words): AnyPanel {
  return stat({
    title: say('Open alerts', 'Åpne varsler'),
    description: say(
      'How many alerts of this home are not resolved, and how many sensors are silent. See the table below.',
      'Hvor mange varsler i hjemmet som ikke er avsluttet, og hvor mange sensorer som er tause. Se tabellen under.',
    ),
    none: say(...UNKNOWN_SINCE),
    queries: [now('open_alerts', 'silent')],
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }, { from: 1, color: BACKGROUND.medium }],
    fieldNames: {
      open_alerts: say('alerts', 'varsler'),
      silent: say('silent sensors', 'tause sensorer'),
    },
  })
}

/** Every value, so that no low one is averaged away; a line or a band for each sensor. */
function everyValue(refId: string, kind: string, alias = '$tag_sensor') {
  return asSeries(
    refId,
    select({
      select: { value: identifier('value') },
      from: kind,
      where: [inRange, OF_HOME],
      groupBy: [identifier('sensor')],
    }),
    alias,
  )
}

const FROM_FIRST_CHANGE: readonly [string, string] = [
  'A band begins with the first change in the time chosen above.',
  'Et bånd begynner med den første endringen i tiden som er valgt over.',
]

function doors(words: Words): AnyPanel {
  const { say } = words
  return bands({
    title: say('Doors', 'Dører'),
    description: say(
      `When doors and windows were open. ${FROM_FIRST_CHANGE[0]} The front door open at night: call. Never opened for days: ask how things are.`,
      `Når dører og vinduer var åpne. ${FROM_FIRST_CHANGE[1]} Ytterdøren åpen om natten: ring. Ikke åpnet på flere dager: spør hvordan det står til.`,
    ),
    none: say('No door was opened or closed in this time', 'Ingen dør er åpnet eller lukket i denne tiden'),
    queries: [everyValue('A', 'door')],
    mappings: [kindValues(words, 'door', ['open'])],
  })
}

function motion(words: Words): AnyPanel {
  const { say, console } = words
  return bands({
    title: say('Motion and presence', 'Bevegelse og tilstedeværelse'),
    description: say(
      `When somebody moved, or was there, by sensor. ${FROM_FIRST_CHANGE[0]} Nothing where there is always something: look at the sensor's last word in Device health, then call.`,
      `Når noen beveget seg, eller var der, etter sensor. ${FROM_FIRST_CHANGE[1]} Ingenting der det alltid er noe: se på sensoren i Utstyr, og ring så.`,
    ),
    none: say('No motion was sensed in this time', 'Ingen bevegelse er registrert i denne tiden'),
    queries: [everyValue('A', 'motion'), everyValue('B', 'presence')],
    mappings: [kindValues(words, 'motion', [console.yes])],
  })
}

function beds(words: Words): AnyPanel {
  const { say } = words
  return bands({
    title: say('Bed and chair', 'Seng og stol'),
    description: say(
      `When bed or chair were in use. ${FROM_FIRST_CHANGE[0]} In bed much longer than usual: call.`,
      `Når seng eller stol var i bruk. ${FROM_FIRST_CHANGE[1]} Mye lenger i seng enn vanlig: ring.`,
    ),
    none: say(
      'No bed or chair sensor spoke in this time',
      'Ingen seng- eller stolsensor har meldt noe i denne tiden',
    ),
    queries: [everyValue('A', 'bed'), everyValue('B', 'chair')],
    mappings: [kindValues(words, 'bed', ['occupied'])],
  })
}

/** Where the rules that come with the hub call somebody, unless the home has limits of its own. */
function limits(rules: RuleSet, low: string | undefined, high: string | undefined): readonly Step[] {
  const limitOf = (rule: string | undefined) =>
    rule === undefined ? undefined : rules.rules.get(rule)?.defaults['limit']
  const from = limitOf(low)
  const to = limitOf(high)
  const steps: Step[] = [{ color: from === undefined ? 'transparent' : LINE.high }]
  if (from !== undefined) steps.push({ from, color: 'transparent' })
  if (to !== undefined) steps.push({ from: to, color: LINE.high })
  return steps
}

const LIMITS: readonly [string, string] = [
  'Dashed: the usual limits of the rules; a home may have limits of its own, in the console.',
  'Stiplet: de vanlige grensene i reglene; et hjem kan ha egne grenser, i konsollen.',
]
const OUTSIDE: readonly [string, string] = [
  'Outside: there is an alert above, or will be; ask how the person feels and measure again.',
  'Utenfor: det står et varsel over, eller kommer; spør hvordan det går og mål på nytt.',
]
const NOT_MEASURED: readonly [string, string] = ['Not measured in this time', 'Ikke målt i denne tiden']

interface Vital {
  readonly kind: string
  readonly unit: string
  readonly low?: string
  readonly high?: string
  readonly min?: number
  readonly max?: number
}

function vital(words: Words, { kind, unit, low, high, ...scale }: Vital): AnyPanel {
  const { say, console, rules } = words
  const names: Readonly<Record<string, string>> = console.kinds
  const name = names[kind] ?? kind
  return chart({
    title: `${name} (${KINDS.get(kind)?.unit})`,
    description: say(
      `${name}, every value. ${LIMITS[0]} ${OUTSIDE[0]}`,
      `${name}, hver verdi. ${LIMITS[1]} ${OUTSIDE[1]}`,
    ),
    none: say(...NOT_MEASURED),
    queries: [everyValue('A', kind)],
    unit,
    draw: 'points',
    limits: limits(rules, low, high),
    ...scale,
  })
}

const spo2 = (words: Words) => vital(words, { kind: 'spo2', unit: 'percent', low: 'low-spo2', max: 100 })
const pulse = (words: Words) =>
  vital(words, { kind: 'heart_rate', unit: 'suffix:/min', low: 'heart-rate-low', high: 'heart-rate-high' })
const breathing = (words: Words) =>
  vital(words, {
    kind: 'respiration_rate',
    unit: 'suffix:/min',
    low: 'respiration-low',
    high: 'respiration-high',
  })
const temperature = (words: Words) =>
  vital(words, {
    kind: 'body_temperature',
    unit: 'celsius',
    low: 'temperature-low',
    high: 'temperature-high',
  })

function bloodPressure({ say, console, rules }: Words): AnyPanel {
  return chart({
    title: say('Blood pressure (mmHg)', 'Blodtrykk (mmHg)'),
    description: say(
      `Systolic and diastolic, every value. ${LIMITS[0]} They are of the systolic. ${OUTSIDE[0]}`,
      `Overtrykk og undertrykk, hver verdi. ${LIMITS[1]} De gjelder overtrykket. ${OUTSIDE[1]}`,
    ),
    none: say(...NOT_MEASURED),
    queries: [
      everyValue('A', 'systolic', `${console.kinds.systolic} $tag_sensor`),
      everyValue('B', 'diastolic', `${console.kinds.diastolic} $tag_sensor`),
    ],
    unit: 'pressuremmhg',
    draw: 'points',
    limits: limits(rules, 'blood-pressure-low', 'blood-pressure-high'),
  })
}

function rooms({ say, rules }: Words): AnyPanel {
  return chart({
    title: say('Room temperature (°C)', 'Romtemperatur (°C)'),
    description: say(
      `Of each sensor. ${LIMITS[0]} Cold or hot for hours: call, and have the heating looked at.`,
      `Fra hver sensor. ${LIMITS[1]} Kaldt eller varmt i timevis: ring, og få sett på varmen.`,
    ),
    none: say(...NOT_MEASURED),
    queries: [everyValue('A', 'room_temperature')],
    unit: 'celsius',
    limits: limits(rules, 'room-cold', 'room-hot'),
  })
}

function batteries({ say, console, rules }: Words): AnyPanel {
  return chart({
    title: `${console.kinds.battery} (%)`,
    description: say(
      'Of each sensor, as it says itself. Near the dashed limit: bring a new battery at the next visit.',
      'For hver sensor, som den selv melder. Nær den stiplete grensen: ta med nytt batteri ved neste besøk.',
    ),
    none: say(
      'No sensor said anything of its battery in this time',
      'Ingen sensor har meldt om batteriet i denne tiden',
    ),
    queries: [everyValue('A', 'battery')],
    unit: 'percent',
    min: 0,
    max: 100,
    draw: 'points',
    limits: limits(rules, 'battery-low', undefined),
  })
}

function signals({ say, console }: Words): AnyPanel {
  return chart({
    title: `${console.kinds.link} (%)`,
    description: say(
      'How well each sensor is heard. Low for long: move it, or put a repeater between it and the gateway.',
      'Hvor godt hver sensor høres. Lavt lenge: flytt den, eller sett en forsterker mellom den og gatewayen.',
    ),
    none: say(
      'No sensor said anything of its signal in this time',
      'Ingen sensor har meldt om signalet i denne tiden',
    ),
    queries: [everyValue('A', 'link')],
    unit: 'percent',
    min: 0,
    max: 100,
    draw: 'points',
  })
}
