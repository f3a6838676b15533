import { homeLink, hubPage } from './frame.ts'
import { asTable, columns, identifier, is, newest, select } from './influxql.ts'
import type { Expression, Select } from './influxql.ts'
import { absent, always, conditions, handlings, ruleTitles, urgencies, yesNo } from './mappings.ts'
import { ACTIVE, WELL } from './palette.ts'
import { table } from './panel.ts'
import type { About, AnyPanel, Column } from './panel.ts'
import { HUB_NOW } from './sampled.ts'
import type { Words } from './words.ts'

export interface OpenAlertsOptions extends About {
  readonly where?: readonly Expression[]
  /** Of one home: which it is, is not said. */
  readonly ofHome?: true
  readonly large?: true
}

/** Open alerts, who needs somebody most at the top, each with its way into the console. */
export function openAlertsTable(words: Words, options: OpenAlertsOptions): AnyPanel {
  const { say } = words
  const { where = [], ofHome, large, ...about } = options
  const home: Column = {
    title: say('Home', 'Hjem'),
    mappings: absent(say('– several or the hub', '– flere eller huben')),
    links: [homeLink(words)],
  }
  const shown: Readonly<Record<string, Column>> = {
    urgency: {
      title: say('Severity', 'Alvor'),
      width: 150,
      mappings: [urgencies(words)],
      coloured: true,
    },
    handling: {
      title: say('Answered', 'Besvart'),
      width: 150,
      mappings: [handlings(words)],
      coloured: true,
    },
    rule: { title: say('What', 'Hva'), mappings: [ruleTitles(words)] },
    ...(!ofHome && { home, area: { title: say('Area', 'Område'), mappings: absent('–') } }),
    subject: { title: say('About', 'Gjelder'), mappings: absent(say('the home', 'hjemmet')) },
    raised: { title: say('Raised', 'Meldt'), unit: 'dateTimeFromNow', width: 160 },
    condition: { title: say('Condition', 'Tilstand'), width: 150, mappings: [conditions(words)] },
    test: {
      title: say('Test', 'Test'),
      width: 110,
      mappings: [yesNo({ text: say('TEST', 'TEST'), color: ACTIVE }, { text: '–', color: WELL })],
      coloured: true,
    },
    alert: {
      title: say('Take it', 'Ta det'),
      width: 150,
      mappings: [always(say('Open in console ▸', 'Åpne i konsollen ▸'))],
      links: [
        {
          title: say('Take or resolve it in the console', 'Ta eller avslutt det i konsollen'),
          url: hubPage('/alerts/${__value.raw}'),
          newTab: true,
        },
      ],
    },
  }
  return table({
    ...about,
    queries: [asTable('A', openAlerts(Object.keys(shown), where))],
    columns: shown,
    sort: [{ by: 'urgency', down: true }, { by: 'handling', down: true }, { by: 'raised' }],
    ...(large && { large }),
  })
}

/** By which one alert is told from another: a rule has one at a time about one subject. */
const PLACE = ['home', 'area', 'rule', 'subject']

/**
 * Those that the hub said are open in the last minute, and not closed since. Its own word, every ten seconds: to find them among all
 * changes of all times takes InfluxDB many seconds after a year of a thousand homes.
 */
function openAlerts(names: readonly string[], where: readonly Expression[]): Select {
  const fields = names.filter((name) => !PLACE.includes(name))
  return select({
    select: columns(names),
    from: select({
      select: newest('open', fields),
      from: 'open_alert',
      where: [HUB_NOW, ...where],
      groupBy: PLACE.map((name) => identifier(name)),
    }),
    where: [is('open', 1)],
  })
}
