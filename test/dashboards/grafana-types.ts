import type { Dashboard } from '../../node_modules/@grafana/schema/dist/types/raw/dashboard/x/types.gen.d.ts'
import type { Options as StatOptions } from '../../node_modules/@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen.d.ts'
import type {
  FieldConfig as BandsFieldConfig,
  Options as BandsOptions,
} from '../../node_modules/@grafana/schema/dist/types/raw/composable/statetimeline/panelcfg/x/types.gen.d.ts'
import type {
  FieldConfig as TableFieldConfig,
  Options as TableOptions,
} from '../../node_modules/@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen.d.ts'
import type {
  FieldConfig as ChartFieldConfig,
  Options as ChartOptions,
} from '../../node_modules/@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen.d.ts'

/** What the JSON schema is made of: Grafana's own types of a dashboard, and of the panels that are used. */
export interface Grafana {
  readonly dashboard: Dashboard
  readonly stat: { readonly options: StatOptions }
  readonly table: { readonly options: TableOptions; readonly custom: TableFieldConfig }
  readonly timeseries: { readonly options: ChartOptions; readonly custom: ChartFieldConfig }
  readonly 'state-timeline': { readonly options: BandsOptions; readonly custom: BandsFieldConfig }
}
