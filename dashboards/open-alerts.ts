import type { Severity } from '../hub/model/alert.ts'
import { SEVERITIES } from '../hub/model/alert.ts'
import { dashboardPage, hubPage } from './frame.ts'
import { asTable, identifier, is, last, math, select } from './influxql.ts'
import type { Expression, Select } from './influxql.ts'
import {
  always,
  conditions,
  handlings,
  absent,
  ruleTitles,
  urgencies,
  urgency,
  valueMap,
} from './mappings.ts'
import { ACTIVE } from './palette.ts'
import { table } from './panel.ts'
import type { About, AnyPanel, Column } from './panel.ts'
import type { Words } from './words.ts'

/**
 * How every alert stands now. Of all times: what is open for weeks is open. A rule has one alert at a time about one
 * subject.
 * @param where about the points: which homes
 */
export function newestOfAlerts(where: readonly Expression[] = []): Select {
  const field = (name: string) => [name, identifier(name)] as const
  return select({
    select: {
      open: last('open'),
      ...Object.fromEntries(
        ['alert', 'handling', 'condition', 'raised', 'level', 'area', 'test'].map((name) => field(name)),
      ),
    },
    from: 'alert',
    where,
    groupBy: [identifier('home'), identifier('rule'), identifier('subject')],
  })
}

/** How many are open. Zero where there were some, and no row where there never was one. */
export function countOpen(severity: Severity, where: readonly Expression[] = []): Select {
  return select({
    select: { open: { influxql: 'sum("open")' } },
    from: newestOfAlerts(where),
    where: [is('level', severity)],
  })
}

export interface OpenAlertsOptions extends About {
  readonly where?: readonly Expression[]
  /** Of one home: which it is, is not said. */
  readonly ofHome?: true
  readonly large?: true
}

/** Open alerts, who needs somebody most at the top, each with its way into the console. */
export function openAlertsTable(words: Words, options: OpenAlertsOptions): AnyPanel {
  const { say } = words
  const { where, ofHome, large, ...about } = options
  const home: Column = {
    title: say('Home', 'Hjem'),
    mappings: absent(say('– several or the hub', '– flere eller huben')),
    links: [
      {
        title: say('What happened there', 'Hva som har skjedd der'),
        url: dashboardPage('home', 'var-home=${__value.raw}'),
      },
    ],
  }
  return table({
    ...about,
    queries: SEVERITIES.map((severity, index) =>
      asTable('ABCD'.charAt(index), openOf(severity, ofHome, where)),
    ),
    columns: {
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
      subject: {
        title: say('About', 'Gjelder'),
        mappings: absent(say('the home', 'hjemmet')),
      },
      raised: { title: say('Raised', 'Meldt'), unit: 'dateTimeFromNow', width: 160 },
      condition: { title: say('Condition', 'Tilstand'), width: 150, mappings: [conditions(words)] },
      test: {
        title: say('Test', 'Test'),
        width: 110,
        mappings: [valueMap({ true: { text: say('TEST', 'TEST'), color: ACTIVE } }), ...absent('')],
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
    },
    sort: [{ by: 'urgency', down: true }, { by: 'handling', down: true }, { by: 'raised' }],
    ...(large && { large }),
  })
}

/** InfluxQL cannot sort by a word, nor choose between values: each severity is a query that brings its number. */
function openOf(severity: Severity, ofHome = false, where: readonly Expression[] = []): Select {
  const column = (name: string) => [name, identifier(name)] as const
  return select({
    select: {
      urgency: math`${identifier('open')} * ${urgency(severity)}`,
      ...Object.fromEntries(
        [
          'handling',
          'rule',
          ...(ofHome ? [] : ['home', 'area']),
          'subject',
          'raised',
          'condition',
          'test',
          'alert',
        ].map((name) => column(name)),
      ),
    },
    from: newestOfAlerts(where),
    where: [is('open', 1), is('level', severity)],
  })
}
