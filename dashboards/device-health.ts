import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { BATTERY_LIMIT, WEAK_LINK } from '../hub/alerts/protected-now.ts'
import { frame, homeLink, tagVariable } from './frame.ts'
import {
  asSeries,
  asTable,
  below,
  byInterval,
  columns,
  count,
  identifier,
  inRange,
  is,
  isChosen,
  last,
  math,
  mean,
  newest,
  select,
  sum,
  tagValues,
} from './influxql.ts'
import type { Expression, Select } from './influxql.ts'
import { absent, missing } from './mappings.ts'
import { ACTIVE, BACKGROUND, LINE, WELL } from './palette.ts'
import { chart, stat, table } from './panel.ts'
import type { AnyPanel, Column } from './panel.ts'
import { homesNow, hubWrites, SENSOR_NOW } from './sampled.ts'
import type { Words } from './words.ts'

const IN_AREA: Expression = isChosen('area', 'area')
/** So that a fleet of thousands does not make a page of thousands of rows. */
const MOST_ROWS = 500

/** What equipment needs a visit? */
export function deviceHealth(words: Words): Dashboard {
  const { say } = words
  return frame(words, {
    name: 'device-health',
    title: say('Device health', 'Utstyr'),
    description: say(
      'Batteries, signals, silence: what equipment needs a visit, and which home first.',
      'Batterier, signaler, stillhet: hvilket utstyr som trenger et besøk, og hvilket hjem først.',
    ),
    from: 'now-7d',
    consolePage: '/system',
    variables: [tagVariable('area', say('Area', 'Område'), tagValues('home', 'area'), true)],
    rows: [
      {
        height: 4,
        panels: [
          [5, silentCount(words)],
          [5, lowCount(words)],
          [5, weakCount(words)],
          [5, offlineCount(words)],
          [4, hubWrites(words)],
        ],
      },
      {
        height: 11,
        panels: [
          [12, silentSensors(words)],
          [12, lowBatteries(words)],
        ],
      },
      {
        height: 11,
        panels: [
          [12, weakSignals(words)],
          [12, offlineHomes(words)],
        ],
      },
      {
        height: 8,
        panels: [
          [12, silenceOverTime(words)],
          [12, batteryOverTime(words)],
        ],
      },
    ],
  })
}

/** Sensors as they were last seen; of a field that not every sensor has, those that have it. */
function sensorsNow(first: string, others: readonly string[]): Select {
  return select({
    select: newest(first, others),
    from: 'sensor',
    where: [SENSOR_NOW, IN_AREA],
    groupBy: [identifier('home'), identifier('sensor'), identifier('room'), identifier('profile')],
  })
}

const OLD: readonly [string, string] = ['unknown: no samples', 'ukjent: ingen prøver']

function silentCount({ say }: Words): AnyPanel {
  return stat({
    title: say('Silent sensors', 'Tause sensorer'),
    description: say(
      'Sensors of all homes of the area that were not heard within their interval, now. Many at once in one home: its gateway. Single ones: battery or place, at the next visit.',
      'Sensorer i alle hjem i området som ikke er hørt innen sin tid, nå. Mange på en gang i ett hjem: gatewayen. Enkelte: batteri eller plassering, ved neste besøk.',
    ),
    none: say(...OLD),
    queries: [
      asTable('A', select({ select: { silent: sum('silent') }, from: homesNow('silent', [], [IN_AREA]) })),
    ],
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }, { from: 1, color: BACKGROUND.medium }],
  })
}

function lowCount({ say }: Words): AnyPanel {
  return stat({
    title: say('Low batteries', 'Svake batterier'),
    description: say(
      `Batteries at or below the limit that is in force for the sensor (${BATTERY_LIMIT} % unless somebody set another). Bring new ones at the next visit, before they fall silent.`,
      `Batterier på eller under grensen som gjelder for sensoren (${BATTERY_LIMIT} % om ingen har satt en annen). Ta med nye ved neste besøk, før de blir tause.`,
    ),
    none: say(...OLD),
    queries: [
      asTable('A', select({ select: { low: sum('battery_low') }, from: sensorsNow('battery_low', []) })),
    ],
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }, { from: 1, color: BACKGROUND.low }],
  })
}

function weakCount({ say }: Words): AnyPanel {
  return stat({
    title: say('Weak signals', 'Svake signaler'),
    description: say(
      `Sensors that are heard with less than ${WEAK_LINK} %. Move them, or put a repeater between them and the gateway.`,
      `Sensorer som høres med mindre enn ${WEAK_LINK} %. Flytt dem, eller sett en forsterker mellom dem og gatewayen.`,
    ),
    none: say('none', 'ingen'),
    noneColour: WELL,
    queries: [
      asTable(
        'A',
        select({
          select: { weak: count('link') },
          from: sensorsNow('link', []),
          where: [below('link', WEAK_LINK)],
        }),
      ),
    ],
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }, { from: 1, color: BACKGROUND.low }],
  })
}

function offlineCount({ say }: Words): AnyPanel {
  return stat({
    title: say('Homes without a gateway', 'Hjem uten gateway'),
    description: say(
      'Homes none of whose gateways is connected, now. Any: no alarm can come from there; call the resident and have power and network checked.',
      'Hjem der ingen gateway er tilkoblet nå. Ett eller flere: ingen alarm kan komme derfra; ring beboeren og få sjekket strøm og nett.',
    ),
    none: say(...OLD),
    queries: [
      asTable(
        'A',
        select({
          select: { offline: sum('offline') },
          from: select({
            select: { offline: math`1 - ${identifier('online')}` },
            from: homesNow('online', [], [IN_AREA]),
          }),
        }),
      ),
    ],
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }, { from: 1, color: BACKGROUND.high }],
  })
}

function homeColumn(words: Words): Column {
  return {
    title: words.say('Home', 'Hjem'),
    links: [homeLink(words)],
  }
}

function sensorColumns(words: Words): Readonly<Record<string, Column>> {
  const { say } = words
  return {
    home: homeColumn(words),
    sensor: { title: say('Sensor', 'Sensor') },
    room: { title: say('Room', 'Rom'), mappings: absent('–') },
  }
}

/** The newest of the sensors for which something holds. */
function sensorRows(first: string, others: readonly string[], where: Expression) {
  return asTable(
    'A',
    select({
      select: columns(['home', 'sensor', 'room', 'profile', first, ...others]),
      from: sensorsNow(first, others),
      where: [where],
      limit: MOST_ROWS,
    }),
  )
}

function silentSensors(words: Words): AnyPanel {
  const { say } = words
  return table({
    title: say('Silent sensors, the longest first', 'Tause sensorer, de som har vært tause lengst først'),
    description: say(
      `Sensors not heard within the interval of their profile (at most ${MOST_ROWS}). All of one home: its gateway or power. One: battery or place. Never heard: see whether it is paired ("aal home seen").`,
      `Sensorer som ikke er hørt innen tiden i profilen (høyst ${MOST_ROWS}). Alle i ett hjem: gateway eller strøm. Én: batteri eller plassering. Aldri hørt: se om den er paret («aal home seen»).`,
    ),
    none: say('No sensor is silent', 'Ingen sensor er taus'),
    queries: [sensorRows('silent', ['quiet', 'battery'], is('silent', 1))],
    columns: {
      ...sensorColumns(words),
      quiet: {
        title: say('Silent for', 'Taus i'),
        unit: 's',
        decimals: 0,
        mappings: [missing(say('never heard', 'aldri hørt'), BACKGROUND.medium)],
        steps: [
          { color: BACKGROUND.low },
          { from: 25 * 3600, color: BACKGROUND.medium },
          { from: 72 * 3600, color: BACKGROUND.high },
        ],
        coloured: true,
      },
      battery: { title: say('Battery', 'Batteri'), unit: 'percent', decimals: 0, mappings: absent('–') },
      profile: { title: say('Profile', 'Profil') },
      silent: { title: say('Silent', 'Taus'), width: 90 },
    },
    sort: [{ by: 'quiet', down: true }],
  })
}

function lowBatteries(words: Words): AnyPanel {
  const { say } = words
  return table({
    title: say('Low batteries, the lowest first', 'Svake batterier, de svakeste først'),
    description: say(
      `Sensors whose battery is at or below the limit in force for them (at most ${MOST_ROWS}). Take the list along: one battery for each.`,
      `Sensorer med batteri på eller under grensen som gjelder dem (høyst ${MOST_ROWS}). Ta med listen: ett batteri til hver.`,
    ),
    none: say('No battery is low', 'Ingen batterier er svake'),
    queries: [sensorRows('battery_low', ['battery', 'quiet'], is('battery_low', 1))],
    columns: {
      ...sensorColumns(words),
      battery: {
        title: say('Battery', 'Batteri'),
        unit: 'percent',
        decimals: 0,
        steps: [
          { color: BACKGROUND.high },
          { from: 5, color: BACKGROUND.medium },
          { from: 15, color: BACKGROUND.low },
        ],
        coloured: true,
      },
      quiet: { title: say('Heard before', 'Hørt for'), unit: 's', decimals: 0 },
      profile: { title: say('Profile', 'Profil') },
      battery_low: { title: say('Low', 'Svakt'), width: 80 },
    },
    sort: [{ by: 'battery' }],
  })
}

function weakSignals(words: Words): AnyPanel {
  const { say } = words
  return table({
    title: say('Weak signals, the weakest first', 'Svake signaler, de svakeste først'),
    description: say(
      `Sensors heard with less than ${2 * WEAK_LINK} %: below ${WEAK_LINK} % messages get lost. Move them, or put a repeater between them and the gateway.`,
      `Sensorer som høres med mindre enn ${2 * WEAK_LINK} %: under ${WEAK_LINK} % går meldinger tapt. Flytt dem, eller sett en forsterker mellom dem og gatewayen.`,
    ),
    none: say('No signal is weak', 'Ingen signaler er svake'),
    queries: [sensorRows('link', [], below('link', 2 * WEAK_LINK))],
    columns: {
      ...sensorColumns(words),
      link: {
        title: say('Signal', 'Signal'),
        unit: 'percent',
        decimals: 0,
        steps: [{ color: BACKGROUND.medium }, { from: WEAK_LINK, color: WELL }],
        coloured: true,
      },
      profile: { title: say('Profile', 'Profil') },
    },
    sort: [{ by: 'link' }],
  })
}

function offlineHomes(words: Words): AnyPanel {
  const { say } = words
  return table({
    title: say('Homes without a connected gateway', 'Hjem uten tilkoblet gateway'),
    description: say(
      'From these no alarm can come now. One: call the resident, have power and network checked. Many of one area: the provider or the power.',
      'Herfra kan ingen alarm komme nå. Ett: ring beboeren, få sjekket strøm og nett. Mange i ett område: leverandøren eller strømmen.',
    ),
    none: say('Every home has a connected gateway', 'Alle hjem har en tilkoblet gateway'),
    queries: [
      asTable(
        'A',
        select({
          select: columns(['home', 'area', 'silent', 'sensors', 'online']),
          from: homesNow('online', ['silent', 'sensors'], [IN_AREA]),
          where: [is('online', 0)],
          limit: MOST_ROWS,
        }),
      ),
    ],
    columns: {
      home: homeColumn(words),
      area: { title: say('Area', 'Område'), mappings: absent('–') },
      silent: { title: say('Silent sensors', 'Tause sensorer'), unit: 'none', decimals: 0 },
      sensors: { title: say('Sensors', 'Sensorer'), unit: 'none', decimals: 0 },
      online: { title: say('Connected', 'Tilkoblet'), unit: 'none', width: 100 },
    },
    sort: [{ by: 'silent', down: true }],
  })
}

function silenceOverTime({ say }: Words): AnyPanel {
  const perHome = select({
    select: { silent: last('silent'), offline: math`1 - ${last('online')}` },
    from: 'home',
    where: [inRange, IN_AREA],
    groupBy: [byInterval, identifier('home')],
    fill: 'none',
  })
  const summed = (field: string) =>
    select({
      select: { [field]: sum(field) },
      from: perHome,
      where: [inRange],
      groupBy: [byInterval],
      fill: 'null',
    })
  const sensors = say('silent sensors', 'tause sensorer')
  const homes = say('homes without a gateway', 'hjem uten gateway')
  return chart({
    title: say('Silence over time', 'Stillhet over tid'),
    description: say(
      'Silent sensors, and homes without a connected gateway. Many at once: a provider, a mast, the hub itself; see Hub health. Rising slowly: batteries; plan a round.',
      'Tause sensorer, og hjem uten tilkoblet gateway. Mange på en gang: en leverandør, en mast, huben selv; se Huben. Stiger sakte: batterier; planlegg en runde.',
    ),
    none: say('No home was looked at in this time', 'Ingen hjem ble sett på i denne tiden'),
    queries: [asSeries('A', summed('silent'), sensors), asSeries('B', summed('offline'), homes)],
    unit: 'none',
    decimals: 0,
    min: 0,
    interval: '30m',
    colours: { [sensors]: LINE.medium, [homes]: LINE.high },
  })
}

function batteryOverTime({ say }: Words): AnyPanel {
  const name = say('average battery', 'batteri i gjennomsnitt')
  return chart({
    title: say('Batteries over time', 'Batterier over tid'),
    description: say(
      'The average of all batteries of the area. Falls by a steady few per cent a month; falls faster: a sort of sensor that sends too often.',
      'Gjennomsnittet av alle batterier i området. Faller jevnt noen prosent i måneden; faller fortere: en type sensor som sender for ofte.',
    ),
    none: say('No battery was heard of in this time', 'Ingen batterier er meldt i denne tiden'),
    queries: [
      asSeries(
        'A',
        select({
          select: { battery: mean('battery') },
          from: 'sensor',
          where: [inRange, IN_AREA],
          groupBy: [byInterval],
          fill: 'none',
        }),
        name,
      ),
    ],
    unit: 'percent',
    decimals: 0,
    min: 0,
    max: 100,
    interval: '1h',
    colours: { [name]: ACTIVE },
  })
}
