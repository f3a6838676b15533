import { z } from 'zod'
import { CAUSES, SEVERITIES } from '../model/alert.ts'
import type { Alert } from '../model/alert.ts'
import { paramsFor } from '../rules/rule.ts'
import { formatDuration } from '../source/duration.ts'
import type { Office } from './office.ts'
import { time } from './time-fields.ts'

const MOST_SIMILAR = 10

export const alertStorySchema = z
  .object({
    rule: z
      .object({ file: z.string(), text: z.string() })
      .optional()
      .describe('As it was written when the alert was raised; not given when nobody knows any more.'),
    params: z
      .array(
        z.object({ name: z.string(), value: z.union([z.number(), z.string()]), unit: z.string().optional() }),
      )
      .optional()
      .describe(
        "The rule's limits as they are now, with those of the home and the person. Not given on a locked screen: what is usual for somebody is theirs.",
      ),
    similar: z
      .array(
        z.object({
          id: z.string(),
          severity: z.enum(SEVERITIES),
          raisedAt: time,
          handling: z.enum(['new', 'acknowledged', 'resolved']),
          cause: z.enum([...CAUSES, 'cleared']).optional(),
        }),
      )
      .describe('Alerts of this rule in this home before, newest first.'),
  })
  .meta({ id: 'AlertStory' })

export type AlertStory = z.output<typeof alertStorySchema>

export function viewStory(alert: Alert, office: Office, how: 'whole' | 'without-limits'): AlertStory {
  const text = office.ruleText(alert.rule, alert.openedAt)
  const similar = alert.home === undefined ? [] : office.alertsOf(alert.home, alert.rule, MOST_SIMILAR + 1)
  return {
    ...(text && { rule: text }),
    ...(how === 'whole' && { params: limitsOf(alert, office) }),
    similar: similar
      .filter(({ id, openedAt }) => id !== alert.id && openedAt <= alert.openedAt)
      .filter(({ scope }) => alert.raisedBy === undefined || scope === alert.scope)
      .slice(0, MOST_SIMILAR)
      .map(({ id, severity, raisedAt, handling, cause }) => ({
        id,
        severity,
        raisedAt,
        handling,
        ...(cause !== undefined && { cause }),
      })),
  }
}

function limitsOf(alert: Alert, office: Office): NonNullable<AlertStory['params']> {
  const rule = office.rules().rules.find(({ id }) => id === alert.rule)
  const home = alert.home === undefined ? undefined : office.core.home(alert.home)
  const subject = alert.scope.split('/')[1]
  const resident = home?.residents.find(({ id }) => id === subject)
  const params = rule && home ? paramsFor(rule, home, resident) : (rule?.defaults ?? {})
  return Object.entries(params).map(([name, value]) => {
    const { type, unit } = rule?.params[name] ?? {}
    return {
      name,
      value: type === 'duration' ? formatDuration(value) : value,
      ...(unit !== undefined && { unit }),
    }
  })
}
