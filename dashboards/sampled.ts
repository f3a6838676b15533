import type { Severity } from '../hub/model/alert.ts'
import {
  asSeries,
  asTable,
  byInterval,
  call,
  count,
  identifier,
  inRange,
  last,
  newest,
  select,
  within,
} from './influxql.ts'
import type { Expression, InfluxFunction, Select } from './influxql.ts'
import { BACKGROUND, WELL } from './palette.ts'
import { stat } from './panel.ts'
import type { AnyPanel } from './panel.ts'
import type { Words } from './words.ts'

/** A home is looked at every minute; with many, the round takes longer. What is older is not "now". */
export const HOME_NOW = within('30m')
/** A sensor is written at every tenth turn of its home. */
export const SENSOR_NOW = within('3h')
/** The hub writes itself every ten seconds. */
export const HUB_NOW = within('1m')

/** Whether what stands on the page is of now: the answer to "is it calm, or does nobody write?". */
export function hubWrites({ say }: Words): AnyPanel {
  return stat({
    title: say('Is this up to date?', 'Er dette ferskt?'),
    description: say(
      'How often the hub wrote in the last minute; every 10 s when all is well. Red: what stands on this page is old, and an empty list means nothing. Look at the board of the console, and see to the hub and InfluxDB.',
      'Hvor ofte huben skrev det siste minuttet; hvert 10. sekund når alt er i orden. Rødt: det som står på siden, er gammelt, og en tom liste betyr ingenting. Se på tavlen i konsollen, og få sjekket huben og InfluxDB.',
    ),
    none: say('NO: THE HUB DOES NOT WRITE', 'NEI: HUBEN SKRIVER IKKE'),
    queries: [asTable('A', select({ select: { samples: count('homes') }, from: 'hub', where: [HUB_NOW] }))],
    noneColour: BACKGROUND.high,
    unit: say('suffix: of 6 a minute', 'suffix: av 6 i minuttet'),
    steps: [{ color: BACKGROUND.high }, { from: 1, color: BACKGROUND.medium }, { from: 4, color: WELL }],
  })
}

/** When the hub wrote last, whatever the time picker says. */
export function newestSample({ say }: Words): AnyPanel {
  return stat({
    title: say('Newest figures', 'Ferskeste tall'),
    description: say(
      'When the hub wrote its own figures last. Minutes ago: it does not run, or cannot reach InfluxDB. What happens in the homes meanwhile is in its journal, and comes here afterwards.',
      'Når huben sist skrev tall om seg selv. Flere minutter siden: den kjører ikke, eller når ikke InfluxDB. Det som skjer i hjemmene imens, står i journalen og kommer hit etterpå.',
    ),
    none: say('never', 'aldri'),
    queries: [asTable('A', select({ select: newest('homes'), from: 'hub' }))],
    unit: 'dateTimeFromNow',
    field: 'Time',
    steps: [{ color: WELL }],
  })
}

/** A field of the hub's own figures over time. */
export function hubField(refId: string, name: InfluxFunction, field: string, alias: string) {
  return asSeries(
    refId,
    select({
      select: { [field]: call(name, field) },
      from: 'hub',
      where: [inRange],
      groupBy: [byInterval],
      fill: 'null',
    }),
    alias,
  )
}

/** The newest of the hub's own figures, unless it is old. */
export function hubNow(...fields: readonly string[]): Select {
  return select({
    select: Object.fromEntries(fields.map((field) => [field, last(field)])),
    from: 'hub',
    where: [HUB_NOW],
  })
}

/** How many alerts are open, by severity, and `urgent`: high and medium ones that nobody has taken. */
export function openNow(field: Severity | 'urgent'): Select {
  return select({ select: newest(field), from: 'open_alerts', where: [HUB_NOW] })
}

/** The newest of every home, one row each; `fields` beside the first as they were then. */
export function homesNow(first: string, others: readonly string[], where: readonly Expression[]): Select {
  return select({
    select: newest(first, others),
    from: 'home',
    where: [HOME_NOW, ...where],
    groupBy: [identifier('home'), identifier('area')],
  })
}
