import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import type { RuleSet } from '../hub/rules/rule.ts'
import { alertBoard } from './alert-board.ts'
import { areaOverview } from './area-overview.ts'
import { deviceHealth } from './device-health.ts'
import type { DashboardName } from './frame.ts'
import { home } from './home.ts'
import { hubHealth } from './hub-health.ts'
import { responseIndicators } from './response-indicators.ts'
import { LANGUAGES, wordsOf } from './words.ts'
import type { Language, Words } from './words.ts'

/** Every dashboard, by the name of its file. */
const DASHBOARDS: Readonly<Record<DashboardName, (words: Words) => Dashboard>> = {
  'alert-board': alertBoard,
  home,
  'area-overview': areaOverview,
  'response-indicators': responseIndicators,
  'device-health': deviceHealth,
  'hub-health': hubHealth,
}

export interface MadeDashboard {
  readonly language: Language
  /** Relative to the folder of what is made: `en/home.json`. */
  readonly file: string
  readonly dashboard: Dashboard
}

/** @param rules whose titles and usual limits the dashboards show */
export function makeDashboards(rules: RuleSet): readonly MadeDashboard[] {
  return LANGUAGES.flatMap((language) => {
    const words = wordsOf(language, rules)
    return Object.entries(DASHBOARDS).map(([name, make]) => ({
      language,
      file: `${language}/${name}.json`,
      dashboard: make(words),
    }))
  })
}

/** As Grafana reads them, by file. */
export function dashboardFiles(rules: RuleSet): ReadonlyMap<string, string> {
  return new Map(
    makeDashboards(rules).map(({ file, dashboard }) => [file, `${JSON.stringify(dashboard, null, 2)}\n`]),
  )
}
