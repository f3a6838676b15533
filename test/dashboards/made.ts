import { z } from 'zod'
import type { Target } from '../../dashboards/influxql.ts'
import { makeDashboards } from '../../dashboards/all.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { rulesOf } from '../../hub/rules/parse-rules.ts'

const target = z.looseObject({
  refId: z.string(),
  datasource: z.object({ type: z.string(), uid: z.string() }),
  query: z.string(),
  resultFormat: z.enum(['table', 'time_series']),
})
const override = z.object({
  matcher: z.object({ id: z.string(), options: z.unknown() }),
  properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
})
const panel = z.looseObject({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  description: z.string(),
  datasource: z.object({ type: z.string(), uid: z.string() }),
  gridPos: z.object({ h: z.number(), w: z.number(), x: z.number(), y: z.number() }),
  options: z.record(z.string(), z.unknown()),
  fieldConfig: z.looseObject({
    defaults: z.looseObject({
      unit: z.string().optional(),
      noValue: z.string().optional(),
      custom: z.record(z.string(), z.unknown()).optional(),
    }),
    overrides: z.array(override),
  }),
  targets: z.array(target),
})
const variable = z.looseObject({
  name: z.string(),
  type: z.string(),
  label: z.string(),
  query: z.string(),
  datasource: z.object({ uid: z.string() }).optional(),
})
const dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  description: z.string(),
  editable: z.boolean(),
  refresh: z.string(),
  timezone: z.string(),
  schemaVersion: z.number(),
  time: z.object({ from: z.string(), to: z.string() }),
  templating: z.object({ list: z.array(variable) }),
  annotations: z.object({ list: z.array(z.looseObject({ name: z.string(), target })) }),
  links: z.array(z.looseObject({ title: z.string(), type: z.string(), url: z.string().optional() })),
  panels: z.array(panel),
})

export type DashboardJson = z.output<typeof dashboard>
export type PanelJson = z.output<typeof panel>
export type TargetJson = Pick<Target, 'refId' | 'query' | 'resultFormat'>

/** Every dashboard as Grafana gets it, with the rules that come with the hub. */
export async function madeDashboards() {
  const rules = rulesOf(await loadRuleFiles('rules'))
  return makeDashboards(rules).map(({ file, language, dashboard: made }) => {
    const json: unknown = JSON.parse(JSON.stringify(made))
    return { file, language, json, dashboard: dashboard.parse(json) }
  })
}
