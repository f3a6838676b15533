import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ruleOfProgram } from '../core/raised.ts'
import type { Alert } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import type { RaiseInput } from '../model/input.ts'
import { serviceOf } from '../model/service-state.ts'
import type { Office } from './office.ts'
import { MOST_TEXT, MOST_TITLE, oneLine } from './raised.ts'

const MOST_ALERTS = 100

/** The button "Test" of a contact point raises one that nobody ever ends. */
const TEST_ENDS = 10 * 60_000

const words = z.record(z.string(), z.string())

/**
 * What Grafana sends to a webhook contact point, as far as the hub reads it; everything else may be there too
 * (grafana.com/docs: Alerting, Configure webhook notifications, JSON payload).
 */
export const grafanaSchema = z
  .looseObject({
    status: z.enum(['firing', 'resolved']),
    alerts: z
      .array(
        z.looseObject({
          status: z.enum(['firing', 'resolved']),
          labels: words,
          annotations: words.nullish(),
          fingerprint: z.string().regex(/^[\w.:@-]{1,64}$/, 'expected the fingerprint of the alert'),
          valueString: z.string().nullish(),
        }),
      )
      .max(
        MOST_ALERTS,
        `expected at most ${MOST_ALERTS} alerts: set "Max alerts" of the contact point to ${MOST_ALERTS}`,
      ),
    truncatedAlerts: z.number().nullish(),
    receiver: z.string().nullish(),
    groupKey: z.string().nullish(),
  })
  .describe("The body of Grafana's webhook notifications.")

type Notification = z.output<typeof grafanaSchema>
type GrafanaAlert = Notification['alerts'][number]
type Who = Pick<RaiseInput, 'by' | 'via'>

/**
 * Turns a notification into what the stream is told: each alert by its fingerprint, so that one that is repeated is the
 * same. Grafana's times are not read: its clock may be another.
 */
export function readGrafana({ alerts }: Notification, office: Office, who: Who): RaiseInput[] {
  const open = openOf(office.core, who.by)
  return alerts.flatMap((alert) =>
    alert.status === 'firing' ? raised(alert, open, office, who) : ended(alert, open, who),
  )
}

/**
 * What "Max alerts" of the contact point cut off: nobody hears of these, so the hub says that there are some, until a
 * notification of the same group and receiver comes whole.
 */
export function readTruncated(
  { truncatedAlerts, receiver, groupKey }: Notification,
  office: Office,
  who: Who,
): RaiseInput[] {
  const group = createHash('sha256').update(JSON.stringify([receiver, groupKey]))
  const key = `grafana-truncated-${group.digest('hex').slice(0, 12)}`
  const count = truncatedAlerts ?? 0
  if (count <= 0)
    return named(key, openOf(office.core, who.by)).map(() => ({ type: 'raise', ...who, key, on: false }))
  const alerts = count === 1 ? '1 alert' : `${count} alerts`
  return [
    {
      type: 'raise',
      ...who,
      key,
      on: true,
      title: `Grafana cut ${alerts} off: raise "Max alerts" of the contact point`,
      // The title stays as it was raised, this is renewed.
      text: cut(
        `${alerts} more than came here, last of receiver "${receiver ?? ''}". The hub takes ${MOST_ALERTS} at once: for more, group by more labels.`,
        MOST_TEXT,
      ),
      category: 'technical',
      severity: 'medium',
      resolve: 'auto',
    },
  ]
}

function raised(
  { labels, annotations, fingerprint, valueString }: GrafanaAlert,
  all: readonly Alert[],
  { core }: Office,
  who: Who,
): RaiseInput {
  const name = labels['alertname'] ?? 'Grafana'
  const [open] = named(fingerprint, all)
  const home = open ? core.home(open.home ?? '') : homeInService(labels['home'], core)
  const sensor = home?.sensors.find(({ id }) => id === labels['sensor'])
  const title = cut(annotations?.['summary'] ?? '', MOST_TITLE) || cut(name, MOST_TITLE) || 'Grafana'
  const text = [
    labels['home'] !== undefined && !home && `home "${labels['home']}" (not in service)`,
    annotations?.['description'] ?? annotations?.['message'] ?? valueString,
  ]
  const shown = cut(text.filter(Boolean).join(': '), MOST_TEXT)
  return {
    type: 'raise',
    ...who,
    key: fingerprint,
    ...(home && { home: home.id }),
    on: true,
    ...(sensor && { sensor: sensor.id }),
    title,
    ...(shown !== '' && { text: shown }),
    category: 'technical',
    severity: SEVERITY[(labels['severity'] ?? '').toLowerCase()] ?? 'medium',
    resolve: 'auto',
    ...(isTest(labels) && { until: core.now() + TEST_ENDS }),
  }
}

/** Wherever it stands: its home may have been registered, or gone, since it was raised. */
function ended({ fingerprint }: GrafanaAlert, all: readonly Alert[], who: Who): RaiseInput[] {
  return named(fingerprint, all).map(({ home }) => ({
    type: 'raise',
    ...who,
    key: fingerprint,
    ...(home !== undefined && { home }),
    on: false,
  }))
}

/** What a program has open: a few dozen, of thousands. */
function openOf(core: Office['core'], by: string): Alert[] {
  const rule = ruleOfProgram(by)
  return core.openAlerts().filter((alert) => alert.rule === rule)
}

/** Those that stand for this, in whatever home. */
function named(key: string, all: readonly Alert[]): Alert[] {
  return all.filter(({ scope }) => scope.endsWith(`/${key}`))
}

/** What is about a home that nobody watches is still something that Grafana found: then it is about the hub as a whole. */
function homeInService(id: string | undefined, core: Office['core']): Home | undefined {
  const home = id === undefined ? undefined : core.home(id)
  return home && serviceOf(home) !== 'closed' ? home : undefined
}

/** Words that people use for it in Grafana; none of them is `high` here, which only rules may say. */
const SEVERITY: Readonly<Record<string, 'medium' | 'low' | 'info'>> = {
  warning: 'low',
  warn: 'low',
  low: 'low',
  minor: 'low',
  info: 'info',
  informational: 'info',
  none: 'info',
  debug: 'info',
}

function isTest(labels: Readonly<Record<string, string>>): boolean {
  return labels['alertname'] === 'TestAlert' && labels['instance'] === 'Grafana'
}

function cut(text: string, most: number): string {
  const line = oneLine(text.slice(0, 10 * most))
  return line.length <= most ? line : `${line.slice(0, most - 1).trimEnd()}…`
}
