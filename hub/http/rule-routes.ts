import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { SEVERITIES } from '../model/alert.ts'
import type { Param, Rule } from '../rules/rule.ts'
import { formatDuration } from '../source/duration.ts'
import type { Office } from './office.ts'
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
    params: z.record(z.string(), paramSchema),
  })
  .meta({ id: 'Rule' })

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
    refused: z
      .object({ at: z.number(), reason: z.string(), problems: z.array(problem.readonly()).readonly() })
      .optional()
      .describe('Set while the files cannot be used: the rules above are those of before.'),
  })
  .meta({ id: 'RulesStatus' })

export type RulesStatusView = z.output<typeof statusSchema>

/** The rules in force. */
export const ruleRoutes: FastifyPluginAsyncZod<{ office: Office }> = async (app, { office }) => {
  app.get(
    '/api/rules',
    {
      schema: {
        tags: ['rules'],
        summary: 'The rules in force, since when, and what is wrong with the files if they are refused.',
        response: { 200: statusSchema, 401: problemSchema },
      },
    },
    async () => {
      const { rules, ...status } = office.rules()
      return { ...status, rules: rules.map(viewRule) }
    },
  )
}

function viewRule({ id, title, category, scope, levels, params }: Rule): RulesStatusView['rules'][number] {
  return {
    id,
    title: { ...title },
    category,
    severity: levels[0].severity,
    levels: levels.length > 1 ? levels.map((level) => level.severity) : [],
    scope,
    params: Object.fromEntries(Object.entries(params).map(([name, param]) => [name, viewParam(param)])),
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
