import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { frame, homeLink, tagVariable } from './frame.ts'
import {
  asSeries,
  asTable,
  byInterval,
  columns,
  count,
  identifier,
  inRange,
  isChosen,
  math,
  mean,
  newest,
  select,
  sum,
  tagValues,
} from './influxql.ts'
import type { Expression, Select } from './influxql.ts'
import { absent, missing, protectionStates, reasons, valueMap, yesNo } from './mappings.ts'
import { ACTIVE, BACKGROUND, WELL } from './palette.ts'
import { chart, stat, table } from './panel.ts'
import type { AnyPanel, Step } from './panel.ts'
import { homesNow, hubWrites } from './sampled.ts'
import type { Words } from './words.ts'

const IN_AREA: Expression = isChosen('area', 'area')

const SHARE_STEPS: readonly Step[] = [
  { color: BACKGROUND.high },
  { from: 90, color: BACKGROUND.medium },
  { from: 99, color: WELL },
]

/** Where must somebody go? */
export function areaOverview(words: Words): Dashboard {
  const { say } = words
  return frame(words, {
    name: 'area-overview',
    title: say('Area overview', 'Områder'),
    description: say(
      'All homes of an area: how many are protected, and which need somebody first.',
      'Alle hjem i et område: hvor mange er beskyttet, og hvem trenger noen først.',
    ),
    from: 'now-7d',
    consolePage: '/homes',
    variables: [tagVariable('area', say('Area', 'Område'), tagValues('home', 'area'), true)],
    rows: [
      {
        height: 4,
        panels: [
          [4, homesInService(words)],
          [4, share(words)],
          [4, notProtected(words)],
          [4, partly(words)],
          [4, openAlerts(words)],
          [4, hubWrites(words)],
        ],
      },
      {
        height: 14,
        panels: [
          [16, worstFirst(words)],
          [8, byArea(words)],
        ],
      },
      {
        height: 9,
        panels: [
          [12, shareOverTime(words)],
          [12, alertsOverTime(words)],
        ],
      },
    ],
  })
}

/** 1 protected, 0.5 partly, 0 not: as numbers that are 1 for one of them, and 0 for the others. */
const IS_PROTECTED = math`"protection" * ("protection" * 2 - 1)`
const IS_PARTLY = math`4 * "protection" * (1 - "protection")`
const IS_NOT = math`(1 - "protection") * (1 - "protection" * 2)`

/** Homes in service as they are now: one row each, told apart as numbers that can be summed. */
function inService(groupBy: readonly Expression[] = []): Select {
  return select({
    select: { protected: IS_PROTECTED, partly: IS_PARTLY, not: IS_NOT, home: identifier('home') },
    from: homesNow('protection', [], [IN_AREA]),
    groupBy,
  })
}

function summed(columns: Readonly<Record<string, Expression>>) {
  return [asTable('A', select({ select: columns, from: inService() }))]
}

const OLD: readonly [string, string] = ['unknown for 30 min', 'ukjent i 30 min']

function homesInService({ say }: Words): AnyPanel {
  return stat({
    title: say('Homes in service', 'Hjem i drift'),
    description: say(
      'Those in which the hub watches: not planned, not being set up, not paused, not closed. Fewer than there should be: see the homes page of the console.',
      'Der huben passer på: ikke planlagt, under oppsett, på pause eller avsluttet. Færre enn det skal være: se Hjem i konsollen.',
    ),
    none: say(...OLD),
    queries: summed({ homes: count('protected') }),
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }],
  })
}

function share({ say }: Words): AnyPanel {
  return stat({
    title: say('Protected', 'Beskyttet'),
    description: say(
      'Share of the homes in service from which an alarm comes through and nothing is missing. Below 99 % (our own figure): the list below says which, and why.',
      'Andel av hjem i drift der en alarm kommer fram og ingenting mangler. Under 99 % (vårt eget tall): listen under sier hvilke, og hvorfor.',
    ),
    none: say(...OLD),
    queries: summed({ share: math`${mean('protected')} * 100` }),
    unit: 'percent',
    decimals: 1,
    steps: SHARE_STEPS,
  })
}

function notProtected({ say }: Words): AnyPanel {
  return stat({
    title: say('Not protected', 'Ikke beskyttet'),
    description: say(
      'Homes in service from which no alarm would come through now. Any: call the resident, and have it looked after today.',
      'Hjem i drift der ingen alarm ville kommet fram nå. Ett eller flere: ring beboeren, og få det ordnet i dag.',
    ),
    none: say(...OLD),
    queries: summed({ not: sum('not') }),
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }, { from: 1, color: BACKGROUND.high }],
  })
}

function partly({ say }: Words): AnyPanel {
  return stat({
    title: say('Partly protected', 'Delvis beskyttet'),
    description: say(
      'An alarm would come through, and something is missing: a silent sensor, a low battery. Plan a visit.',
      'En alarm kommer fram, men noe mangler: en taus sensor, et svakt batteri. Planlegg et besøk.',
    ),
    none: say(...OLD),
    queries: summed({ partly: sum('partly') }),
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }, { from: 1, color: BACKGROUND.medium }],
  })
}

function openAlerts({ say }: Words): AnyPanel {
  return stat({
    title: say('Open alerts', 'Åpne varsler'),
    description: say(
      'Of all homes of the area, taken or not. Which they are: the alert board.',
      'For alle hjem i området, tatt eller ikke. Hvilke: varseltavlen.',
    ),
    none: say(...OLD),
    queries: [
      asTable(
        'A',
        select({ select: { open: sum('open_alerts') }, from: homesNow('open_alerts', [], [IN_AREA]) }),
      ),
    ],
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }, { from: 1, color: BACKGROUND.medium }],
  })
}

function worstFirst(words: Words): AnyPanel {
  const { say, homes } = words
  const names = ['protection', 'state', 'reason', 'reasons', 'open_alerts', 'silent', 'sensors', 'online']
  return table({
    title: say('Homes, the worst first', 'Hjem, de verste først'),
    description: say(
      'Every home of the area: those from which no alarm comes through at the top, then those where most is missing. Go down the list: call, then send somebody. What to do about each reason is in the console.',
      'Alle hjem i området: øverst de der ingen alarm kommer fram, så de der mest mangler. Gå nedover listen: ring, og send så noen. Hva man gjør med hver grunn, står i konsollen.',
    ),
    none: say('No home of this area was seen in 30 min', 'Ingen hjem i området er sett på 30 min'),
    queries: [
      asTable(
        'A',
        select({
          select: columns([...names, 'home', 'area']),
          from: homesNow(
            'sensors',
            names.filter((name) => name !== 'sensors'),
            [IN_AREA],
          ),
        }),
      ),
    ],
    columns: {
      protection: {
        title: say('Protected?', 'Beskyttet?'),
        width: 170,
        mappings: [
          valueMap({
            0: { text: homes.states.not, color: BACKGROUND.high },
            0.5: { text: homes.states.partly, color: BACKGROUND.medium },
            1: { text: say('Protected', 'Beskyttet'), color: WELL },
          }),
          missing(say('not in service', 'ikke i drift'), WELL),
        ],
        coloured: true,
      },
      home: {
        title: say('Home', 'Hjem'),
        links: [homeLink(words)],
      },
      area: { title: say('Area', 'Område'), mappings: absent('–') },
      reason: { title: say('Gravest reason', 'Alvorligste grunn'), width: 260, mappings: [reasons(words)] },
      reasons: { title: say('Reasons', 'Grunner'), unit: 'none', decimals: 0 },
      open_alerts: {
        title: say('Open alerts', 'Åpne varsler'),
        unit: 'none',
        decimals: 0,
        steps: [{ color: WELL }, { from: 1, color: BACKGROUND.medium }],
        coloured: true,
      },
      silent: { title: say('Silent sensors', 'Tause sensorer'), unit: 'none', decimals: 0 },
      sensors: { title: say('Sensors', 'Sensorer'), unit: 'none', decimals: 0 },
      online: {
        title: say('Gateway', 'Gateway'),
        mappings: [
          yesNo({ text: say('connected', 'tilkoblet') }, { text: say('not connected', 'ikke tilkoblet') }),
        ],
      },
      state: { title: say('State', 'Tilstand'), mappings: [protectionStates(words)] },
    },
    sort: [{ by: 'protection' }, { by: 'open_alerts', down: true }, { by: 'reasons', down: true }],
  })
}

function byArea(words: Words): AnyPanel {
  const { say } = words
  return table({
    title: say('By area', 'Etter område'),
    description: say(
      'Homes in service of each area, and how many of them are protected. One area much worse than the others: its network or power, or one that looks after it, is what they share.',
      'Hjem i drift i hvert område, og hvor mange som er beskyttet. Ett område mye verre enn de andre: se etter nett, strøm eller dem som har ansvar der.',
    ),
    none: say(...OLD),
    queries: [
      asTable(
        'A',
        select({
          select: { homes: count('protected'), share: math`${mean('protected')} * 100`, not: sum('not') },
          from: inService([identifier('area')]),
          groupBy: [identifier('area')],
        }),
      ),
    ],
    columns: {
      area: { title: say('Area', 'Område'), mappings: absent('–') },
      homes: { title: say('Homes', 'Hjem'), unit: 'none', decimals: 0 },
      share: {
        title: say('Protected', 'Beskyttet'),
        unit: 'percent',
        decimals: 1,
        steps: SHARE_STEPS,
        coloured: true,
      },
      not: { title: say('Not', 'Ikke'), unit: 'none', decimals: 0 },
    },
    sort: [{ by: 'share' }],
  })
}

function shareOverTime({ say }: Words): AnyPanel {
  const perHome = select({
    select: newest('protection'),
    from: 'home',
    where: [inRange, IN_AREA],
    groupBy: [byInterval, identifier('home')],
    fill: 'none',
  })
  return chart({
    title: say('Protected share', 'Andel beskyttet'),
    description: say(
      'Share of the homes in service that were protected. A step down: many at once lost something, such as a provider or a mobile mast; see which area.',
      'Andelen hjem i drift som var beskyttet. Et trinn ned: mange mistet noe samtidig, for eksempel en leverandør eller en mobilmast; se hvilket område.',
    ),
    none: say('No home was looked at in this time', 'Ingen hjem ble sett på i denne tiden'),
    queries: [
      asSeries(
        'A',
        select({
          select: { share: math`${mean('protected')} * 100` },
          from: select({ select: { protected: IS_PROTECTED }, from: perHome }),
          where: [inRange],
          groupBy: [byInterval],
          fill: 'null',
        }),
        say('protected', 'beskyttet'),
      ),
    ],
    unit: 'percent',
    decimals: 1,
    min: 0,
    max: 100,
    interval: '30m',
    limits: [{ color: BACKGROUND.high }, { from: 99, color: WELL }],
    colours: { [say('protected', 'beskyttet')]: ACTIVE },
  })
}

function alertsOverTime({ say }: Words): AnyPanel {
  return chart({
    title: say('Open alerts', 'Åpne varsler'),
    description: say(
      'How many alerts were open at a time, by area. It rises and does not fall: nobody resolves them; see the alert board.',
      'Hvor mange varsler som var åpne samtidig, etter område. Det stiger og faller ikke: ingen avslutter dem; se varseltavlen.',
    ),
    none: say('No home was looked at in this time', 'Ingen hjem ble sett på i denne tiden'),
    queries: [
      asSeries(
        'A',
        select({
          select: { open: sum('open_alerts') },
          from: select({
            select: newest('open_alerts'),
            from: 'home',
            where: [inRange, IN_AREA],
            groupBy: [byInterval, identifier('home'), identifier('area')],
            fill: 'none',
          }),
          where: [inRange],
          groupBy: [byInterval, identifier('area')],
          fill: 'null',
        }),
        '$tag_area',
      ),
    ],
    unit: 'none',
    decimals: 0,
    min: 0,
    interval: '30m',
  })
}
