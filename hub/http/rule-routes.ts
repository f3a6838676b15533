import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Policy } from '../alerts/policy.ts'
import { SEVERITIES } from '../model/alert.ts'
import { alarmOf } from '../rules/alarm-rule.ts'
import type { Param, Rule } from '../rules/rule.ts'
import { formatDuration } from '../source/duration.ts'
import { problemSchema } from './problem.ts'

const severity = z.enum(SEVERITIES as ['high', 'medium', 'low', 'info'])
const amount = z.union([z.number(), z.string()]).describe('A duration as text: 4h.')
const ids = z.array(z.string()).readonly()

export const paramSchema = z
  .object({
    default: amount,
    unit: z.string().optional(),
    min: amount.optional(),
    max: amount.optional(),
  })
  .meta({ id: 'Param' })

const ruleSchema = z
  .object({
    id: z.string(),
    title: z.record(z.string(), z.string()),
    category: z.enum(['safety', 'health', 'routine', 'technical']),
    severity: severity.describe('Where it starts.'),
    levels: z.array(severity).describe('The ladder, where it has more than one step.'),
    scope: z.enum(['home', 'resident', 'room', 'sensor']),
    policy: z.string().optional().describe('That it names.'),
    params: z.record(z.string(), paramSchema),
    alarm: z
      .literal(true)
      .optional()
      .describe('It is about a fall, SOS, smoke, gas or carbon monoxide: it is never held.'),
    held: z.number().describe('For so many homes it is held: it calls nobody there for a while.'),
  })
  .meta({ id: 'Rule' })

const policySchema = z
  .object({
    id: z.string(),
    use: z
      .object({ category: z.array(z.string()).readonly(), severity: z.array(severity).readonly() })
      .optional(),
    steps: z.array(
      z.object({
        to: z.string().describe('`contacts: family, neighbour`, `oncall: care-centre`, `group: nurses`.'),
        by: z.array(z.string()).readonly(),
        wait: z.string(),
        severity: z.array(severity).readonly().optional(),
        during: z.object({ from: z.string(), to: z.string() }).optional(),
      }),
    ),
    repeat: z.object({ from: z.int().describe('1 is the first step.'), every: z.string() }),
  })
  .meta({ id: 'Policy' })

const problem = z.object({ file: z.string(), line: z.int(), column: z.int(), message: z.string() })

const statusSchema = z
  .object({
    folder: z.string(),
    since: z.number().optional().describe('When these rules were taken over, ms.'),
    changes: z
      .object({ added: ids, removed: ids, changed: ids })
      .optional()
      .describe('What that changed. Rules in `changed` mean something else now: their state was dropped.'),
    rules: z.array(ruleSchema),
    policies: z
      .array(policySchema)
      .describe('Who is told, in the order in which the first that fits counts.'),
    refused: z
      .object({ at: z.number(), reason: z.string(), problems: z.array(problem.readonly()).readonly() })
      .optional()
      .describe('Set while the files cannot be used: the rules above are those of before.'),
  })
  .meta({ id: 'RulesStatus' })

export type RulesStatusView = z.output<typeof statusSchema>

/** The rules in force. */
export const ruleRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api/rules',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:rules', areas: 'none', board: true },
      schema: {
        tags: ['rules'],
        summary: 'The rules in force, since when, and what is wrong with the files if they are refused.',
        response: { 200: statusSchema, 401: problemSchema },
      },
    },
    async ({ office }) => {
      const { rules, policies, ...status } = office.rules()
      const held = Map.groupBy(office.core.holds(), ({ rule }) => rule)
      return {
        ...status,
        rules: rules.map((rule) => viewRule(rule, held.get(rule.id)?.length ?? 0)),
        policies: policies.map(viewPolicy),
      }
    },
  )
}

function viewRule(rule: Rule, held: number): RulesStatusView['rules'][number] {
  const { id, title, category, scope, policy, levels, params } = rule
  return {
    id,
    title: { ...title },
    category,
    severity: levels[0].severity,
    levels: levels.length > 1 ? levels.map((level) => level.severity) : [],
    scope,
    ...(policy !== undefined && { policy }),
    params: Object.fromEntries(Object.entries(params).map(([name, param]) => [name, viewParam(param)])),
    ...(alarmOf(rule) !== undefined && { alarm: true as const }),
    held,
  }
}

function viewPolicy({ id, use, steps, repeat }: Policy): RulesStatusView['policies'][number] {
  return {
    id,
    ...(use && { use }),
    steps: steps.map(({ to, by, wait, severity: severities, during }) => ({
      to:
        to.type === 'contacts'
          ? `contacts: ${to.roles.join(', ')}`
          : to.type === 'oncall'
            ? `oncall: ${to.rota}`
            : `group: ${to.group}`,
      by,
      wait: formatDuration(wait),
      ...(severities && { severity: severities }),
      ...(during && { during }),
    })),
    repeat: { from: repeat.from + 1, every: formatDuration(repeat.every) },
  }
}

/** Durations as text. */
export function viewParam({ type, default: value, unit, min, max }: Param) {
  const show = (ms: number): number | string => (type === 'duration' ? formatDuration(ms) : ms)
  return {
    default: show(value),
    ...(unit !== undefined && { unit }),
    ...(min !== undefined && { min: show(min) }),
    ...(max !== undefined && { max: show(max) }),
  }
}
