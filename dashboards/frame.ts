import type {
  AnnotationQuery,
  Dashboard,
  DashboardLink,
  VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  TimePickerBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import { DATA_SOURCE } from './influxql.ts'
import type { Expression } from './influxql.ts'
import type { AnyPanel, Link } from './panel.ts'
import type { Words } from './words.ts'

/** Never changed: links of people and of other systems name them. */
export const UIDS = {
  'alert-board': 'aal-alerts',
  home: 'aal-home',
  'area-overview': 'aal-areas',
  'response-indicators': 'aal-response',
  'device-health': 'aal-devices',
  'hub-health': 'aal-hub',
} as const
export type DashboardName = keyof typeof UIDS

const TAG = 'aal'
/** Of Grafana's grid. */
const WIDTH = 24

/** Panels side by side; together as wide as the page. */
export interface Row {
  readonly height: number
  readonly panels: readonly (readonly [width: number, panel: AnyPanel])[]
}

export interface FrameOptions {
  readonly name: DashboardName
  readonly title: string
  readonly description: string
  /** How far back it looks when it is opened: `now-24h`. */
  readonly from: `now-${number}${'h' | 'd'}`
  readonly rows: readonly Row[]
  readonly variables?: readonly Builder<VariableModel>[]
  readonly annotations?: readonly AnnotationQuery[]
  /** The page of the console that belongs to it: `/homes`; begins with `/`. */
  readonly consolePage: string
}

/** What all dashboards have alike. */
export function frame(words: Words, options: FrameOptions): Dashboard {
  const { say } = words
  const builder = new DashboardBuilder(options.title)
    .uid(UIDS[options.name])
    .description(options.description)
    .tags([TAG])
    // Alerts are answered by the clock on the wall of whoever looks at it.
    .timezone('browser')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: options.from, to: 'now' })
    .timepicker(new TimePickerBuilder().refreshIntervals(['10s', '30s', '1m', '5m', '15m', '1h']))
    .refresh('10s')
    .variables([...(options.variables ?? []), hubVariable(words)])
    .links([
      shown(
        new DashboardLinkBuilder(say('Dashboards', 'Andre tavler'))
          .type(DashboardLinkType.Dashboards)
          .tags([TAG])
          .asDropdown(false)
          .includeVars(true),
      ),
      shown(
        new DashboardLinkBuilder(say('Console', 'Konsollen'))
          .type(DashboardLinkType.Link)
          .icon('external link')
          .tooltip(
            say(
              'Here alerts are taken: Grafana cannot say who did.',
              'Her tas varsler: Grafana kan ikke si hvem.',
            ),
          )
          .url(hubPage(options.consolePage))
          .targetBlank(true),
      ),
    ])
  for (const panel of placed(options.rows)) builder.withPanel(panel)
  const dashboard = builder.build()
  return {
    ...dashboard,
    templating: { list: (dashboard.templating.list ?? []).map((variable) => withoutIntervals(variable)) },
    annotations: { list: [...(options.annotations ?? [])] },
  }
}

/** An address in the console. */
export function hubPage(path: string): string {
  return `$\{hub:raw}${path}`
}

/** From the pseudonym of a home to its dashboard. */
export function homeLink({ say }: Words): Link {
  return {
    title: say('What happened there', 'Hva som har skjedd der'),
    url: `/d/${UIDS.home}?var-home=$\{__value.raw}&$\{hub:queryparam}`,
  }
}

/** One of them must be chosen, or all may be. */
export function tagVariable(
  name: string,
  label: string,
  query: Expression,
  all: boolean,
): Builder<VariableModel> {
  const variable = new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query(query.influxql)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .allowCustomValue(false)
  if (!all) return variable
  // Homes without an area have no such tag, which this matches and a list of all values would not.
  return variable
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] })
}

/** Where links into the console lead until somebody says otherwise. */
export const CONSOLE = 'http://localhost:8080'

function hubVariable({ say }: Words): Builder<VariableModel> {
  return new TextBoxVariableBuilder('hub')
    .label(say('Console', 'Konsollen'))
    .description(
      say('Address of the hub, for links into its console', 'Adressen til huben, for lenker inn i konsollen'),
    )
    .defaultValue(CONSOLE)
    .current({ selected: true, text: CONSOLE, value: CONSOLE })
    .options([{ selected: true, text: CONSOLE, value: CONSOLE }])
}

/** The package gives every sort of variable what only those of intervals have. */
function withoutIntervals(variable: VariableModel): VariableModel {
  const { auto: _, auto_min: _min, auto_count: _count, ...rest } = variable
  return rest
}

/** The package hides links in a menu. */
function shown(link: DashboardLinkBuilder): Builder<DashboardLink> {
  const { placement: _, ...rest } = link.build()
  return { build: () => rest }
}

function placed(rows: readonly Row[]): AnyPanel[] {
  let id = 0
  let y = 0
  return rows.flatMap(({ height, panels }) => {
    const width = panels.reduce((sum, [own]) => sum + own, 0)
    if (width !== WIDTH)
      throw new Error(`Cannot place a row of panels: it is ${width} wide, expected ${WIDTH}`)
    let x = 0
    const row = panels.map(([w, panel]) => {
      const at = { h: height, w, x, y }
      x += w
      id += 1
      return panel.id(id).gridPos(at)
    })
    y += height
    return row
  })
}
