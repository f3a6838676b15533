import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import {
  BarAlignment,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  FieldTextAlignment,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableCellBackgroundDisplayMode,
  TableCellDisplayMode,
  TableCellHeight,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import type {
  DynamicConfigValue,
  GridPos,
  Panel,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as BandsBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as ChartBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { DATA_SOURCE } from './influxql.ts'
import { missing } from './mappings.ts'
import { UNKNOWN } from './palette.ts'

/** What people read about a panel. */
export interface About {
  readonly title: string
  /** What it shows, and what to do when it is bad. */
  readonly description: string
  /** In place of "No data": what it means that there is none. */
  readonly none: string
}

/** From a value on, this colour; the first has no value. */
export interface Step {
  readonly from?: number
  readonly color: string
}

export interface Link {
  readonly title: string
  readonly url: string
  readonly newTab?: true
}

/** What a builder of the package can do, whichever panel it makes. */
export interface AnyPanel extends Builder<Panel> {
  id(id: number): this
  gridPos(at: GridPos): this
}

interface CommonPanel extends AnyPanel {
  title(text: string): this
  description(text: string): this
  noValue(text: string): this
  datasource(ref: typeof DATA_SOURCE): this
  targets(queries: Builder<Dataquery>[]): this
}

function begin<P extends CommonPanel>(panel: P, about: About, queries: readonly Builder<Dataquery>[]): P {
  return panel
    .title(about.title)
    .description(about.description)
    .noValue(about.none)
    .datasource(DATA_SOURCE)
    .targets([...queries])
}

export function thresholds(steps: readonly Step[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(steps.map(({ from, color }) => ({ value: from ?? null, color })))
}

export interface StatOptions extends About {
  readonly queries: readonly Builder<Dataquery>[]
  readonly unit: string
  readonly decimals?: number
  readonly steps: readonly Step[]
  readonly mappings?: readonly ValueMapping[]
  /** Which field, where it is not all numbers: `state`, `Time`. */
  readonly field?: string
  /** What the others of several fields are, by name. */
  readonly also?: Readonly<Record<string, { readonly title: string; readonly unit: string }>>
  /** Several alike, and what each is called. */
  readonly fieldNames?: Readonly<Record<string, string>>
  readonly links?: readonly Link[]
  /** Behind `none`; not known when not given. */
  readonly noneColour?: string
}

/** One figure, large. */
export function stat(options: StatOptions): AnyPanel {
  const {
    queries,
    unit,
    decimals,
    steps,
    mappings = [],
    field,
    also,
    fieldNames,
    links = [],
    noneColour,
  } = options
  const reduce = new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false)
  const panel = begin(new StatBuilder(), options, queries)
    .unit(unit)
    .thresholds(thresholds(steps))
    .mappings([...mappings, missing(options.none, noneColour)])
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.BackgroundSolid)
    .textMode((also ?? fieldNames) ? BigValueTextMode.ValueAndName : BigValueTextMode.Value)
    .reduceOptions(field === undefined ? reduce : reduce.fields(`/^${field}$/`))
  if (decimals !== undefined) panel.decimals(decimals)
  for (const [name, { title, unit: own }] of Object.entries(also ?? {})) {
    panel.overrideByName(name, [
      { id: 'displayName', value: title },
      { id: 'unit', value: own },
      { id: 'decimals', value: 0 },
      { id: 'thresholds', value: thresholds([{ color: 'transparent' }]).build() },
    ])
  }
  for (const [name, text] of Object.entries(fieldNames ?? {})) {
    panel.overrideByName(name, [{ id: 'displayName', value: text }])
  }
  if (links.length > 0) panel.overrideByRegexp('.*', [linksOf(links)])
  return panel
}

export interface Column {
  readonly title: string
  readonly unit?: string
  readonly decimals?: number
  readonly width?: number
  readonly mappings?: readonly ValueMapping[]
  readonly steps?: readonly Step[]
  /** Its background is coloured by the mapping or the steps. */
  readonly coloured?: true
  readonly links?: readonly Link[]
}

export interface TableOptions extends About {
  readonly queries: readonly Builder<Dataquery>[]
  /** By the name of the field, in their order; `Time` is the time of a row. Of others: none are shown. */
  readonly columns: Readonly<Record<string, Column>>
  /** By the names of columns, the first counts most. */
  readonly sort?: readonly { readonly by: string; readonly down?: true }[]
  /** Larger, for a wall. */
  readonly large?: true
  readonly withTime?: true
}

/** Grafana 13 knows no footer among a table's options any more. */
class TablePanel extends TableBuilder {
  override build(): Panel {
    const { footer: _, ...options } = this.internal.options as Record<string, unknown>
    return { ...super.build(), options }
  }
}

/** Rows of words and figures. */
export function table(options: TableOptions): AnyPanel {
  const { queries, columns, sort = [], large, withTime } = options
  const panel = begin(new TablePanel(), options, queries)
    .unit('none')
    .cellHeight(large ? TableCellHeight.Lg : TableCellHeight.Md)
    .cellOptions({ type: TableCellDisplayMode.Auto })
    .align(FieldTextAlignment.Left)
    .minWidth(90)
    .filterable(false)
    .sortBy(
      sort.map(({ by, down = false }) =>
        new TableSortByFieldStateBuilder().displayName(columns[by]?.title ?? by).desc(down),
      ),
    )
  if (queries.length > 1) panel.withTransformation({ id: 'merge', options: {} })
  panel.withTransformation({
    id: 'organize',
    options: {
      // Left out is safe for time alone: links are made of the other fields.
      excludeByName: withTime ? {} : { Time: true },
      indexByName: Object.fromEntries(Object.keys(columns).map((name, index) => [name, index])),
      renameByName: {},
    },
  })
  for (const [name, column] of Object.entries(columns)) panel.overrideByName(name, propertiesOf(column))
  return panel
}

function propertiesOf(column: Column): DynamicConfigValue[] {
  const { title, unit, decimals, width, mappings, steps, coloured, links } = column
  const properties: DynamicConfigValue[] = [{ id: 'displayName', value: title }]
  if (unit !== undefined) properties.push({ id: 'unit', value: unit })
  if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals })
  if (width !== undefined) properties.push({ id: 'custom.width', value: width })
  if (mappings !== undefined) properties.push({ id: 'mappings', value: mappings })
  if (steps !== undefined) properties.push({ id: 'thresholds', value: thresholds(steps).build() })
  if (coloured) {
    properties.push({
      id: 'custom.cellOptions',
      value: { type: TableCellDisplayMode.ColorBackground, mode: TableCellBackgroundDisplayMode.Basic },
    })
  }
  if (links !== undefined) properties.push(linksOf(links))
  return properties
}

function linksOf(links: readonly Link[]): DynamicConfigValue {
  return {
    id: 'links',
    value: links.map(({ title, url, newTab = false }) => ({ title, url, targetBlank: newTab })),
  }
}

export interface ChartOptions extends About {
  readonly queries: readonly Builder<Dataquery>[]
  readonly unit: string
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  /** Drawn as lines, dashed. */
  readonly limits?: readonly Step[]
  /** The shortest stretch that is one point: as often as it is written. */
  readonly interval?: string
  /** Of lines, by what they are called; else Grafana's own, by name. */
  readonly colours?: Readonly<Record<string, string>>
  readonly draw?: 'line' | 'points' | 'bars'
}

/** Figures over time; where nothing was written, there is no line. */
export function chart(options: ChartOptions): AnyPanel {
  const { queries, unit, decimals, min, max, limits, interval, colours = {}, draw = 'line' } = options
  const panel = begin(new ChartBuilder(), options, queries)
    .unit(unit)
    .lineWidth(2)
    .fillOpacity(draw === 'bars' ? 80 : 0)
    .spanNulls(draw === 'points')
    .showPoints(draw === 'points' ? VisibilityMode.Always : VisibilityMode.Auto)
    .drawStyle(draw === 'bars' ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.None))
  if (draw === 'bars') {
    panel
      .barAlignment(BarAlignment.Center)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
  }
  if (decimals !== undefined) panel.decimals(decimals)
  if (min !== undefined) panel.min(min)
  if (max !== undefined) panel.max(max)
  if (interval !== undefined) panel.interval(interval)
  if (limits !== undefined) {
    panel
      .thresholds(thresholds(limits))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
  }
  for (const [name, color] of Object.entries(colours)) {
    panel.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }])
  }
  return panel
}

export interface BandsOptions extends About {
  readonly queries: readonly Builder<Dataquery>[]
  readonly mappings: readonly ValueMapping[]
}

/** A row for each sensor, from left to right, in the colour and with the word of how it was. */
export function bands(options: BandsOptions): AnyPanel {
  return begin(new BandsBuilder(), options, options.queries)
    .unit('none')
    .mappings([...options.mappings])
    .thresholds(thresholds([{ color: UNKNOWN }]))
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.8)
    .fillOpacity(80)
    .lineWidth(0)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single).sort(SortOrder.None))
}
