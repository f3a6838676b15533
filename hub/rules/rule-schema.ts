import { z } from 'zod'
import { SEVERITIES } from '../model/alert.ts'
import { MODES } from '../model/input.ts'
import { duration, parseDuration } from '../source/duration.ts'
import { parseTimeOfDay } from '../time/daily-window.ts'

const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected small letters, digits and hyphens, starting with a letter')
  .refine((text) => !text.startsWith('hub-'), {
    error: 'expected another name: hub-… is what the hub finds itself',
  })
const kind = z.string()
const condition = z.string().min(1)
const AMOUNT = 'expected a duration with its unit, such as 2m, or params.NAME'
/** A duration or `params.NAME`. */
const amount = z
  .string(AMOUNT)
  .regex(/^(params\.[a-zA-Z]\w*|(\d+(ms|s|m|h|d|w))+)$/, AMOUNT)
  .transform((text) => parseDuration(text) ?? text)
const severity = z.enum(SEVERITIES as ['high', 'medium', 'low', 'info'])
const timeOfDay = z
  .string('expected a time of day in quotes, such as "07:00"')
  .refine((value) => parseTimeOfDay(value) !== undefined, {
    error: 'expected a time of day from "00:00" to "23:59"',
  })
const MODE = `expected one of ${MODES.join(', ')}, or a list of them: { mode: away }`
const MUTED = 'expected the id of a rule, or a list of them: { by: gateway-silent }'
const mode = z.enum(MODES)
const text = z.union(
  [z.string().min(1), z.looseObject({ en: z.string().min(1) }).catchall(z.string().min(1))],
  {
    error: 'expected a text, or texts by language with at least en: { en: Possible fall, nb: Mulig fall }',
  },
)
const param = z.strictObject({
  default: z.union([z.number(), z.string()]),
  unit: z.string().optional(),
  min: z.union([z.number(), z.string()]).optional(),
  max: z.union([z.number(), z.string()]).optional(),
})

const signs = z.array(z.union([kind, z.strictObject({ kind, when: condition })])).min(1)
const THEN =
  'expected { on: KIND, when: CONDITION, within: DURATION } or { absent: { of: [KIND] }, within: DURATION }'

/** One rule as people write it. */
export const ruleSchema = z.strictObject({
  id: id.describe('Name of the rule: part of alert ids, parameters and history. Do not change it later.'),
  title: text.describe('What people read, by language: short, no diagnosis, no names.'),
  advice: text
    .optional()
    .describe('What whoever gets the alert does first, by language: one short sentence, no diagnosis.'),
  why: z.string().optional().describe('Why this rule exists and where its figures come from.'),
  category: z.enum(['safety', 'health', 'routine', 'technical']),
  severity: severity.optional(),
  scope: z.enum(['home', 'resident', 'room', 'sensor']).default('home').describe('What one alert is about.'),
  on: kind.optional().describe('The kind of reading that it listens to.'),
  when: condition.optional().describe('CEL condition on a reading, such as: value < params.limit'),
  score: z
    .enum(['news2'])
    .optional()
    .describe('Instead of on: a score of the resident, computed on any of its vital signs.'),
  at: timeOfDay
    .optional()
    .describe(
      "Instead of on: looks once a day at this time of the home's clock, with functions on the past.",
    ),
  for: amount.optional().describe('How long the condition must hold without a break.'),
  absent: z
    .strictObject({
      of: signs,
      also: signs.optional(),
      for: amount,
    })
    .optional()
    .describe(
      'Fires when none of these signs of life was seen for this time, while a sensor that could show one "of" ' +
        'them was alive; those in "also" only end it.',
    ),
  unless: z
    .strictObject({ on: kind, when: condition, within: amount })
    .optional()
    .describe('Waits so long for this in the same scope, and does not fire if it comes.'),
  // The language's own word; it is never a function, so awaiting a rule does no harm.
  // oxlint-disable-next-line unicorn/no-thenable
  then: z
    .union(
      [
        z.strictObject({ on: kind, when: condition, within: amount, after: amount.optional() }),
        z.strictObject({
          absent: z.strictObject({ of: signs, also: signs.optional() }),
          within: amount,
          after: amount.optional(),
        }),
      ],
      THEN,
    )
    .optional()
    .describe('Fires only if this follows; "after": not before so long'),
  times: z
    .strictObject({ count: z.int().min(2).max(100), within: amount, apart: amount.optional() })
    .optional()
    .describe('Fires when it happened so many times within this time, those at least so far apart.'),
  during: z
    .strictObject({ from: timeOfDay, to: timeOfDay })
    .optional()
    .describe(
      "The part of each day, by the home's clock, in which the condition counts. May cross midnight.",
    ),
  except: z
    .strictObject({ mode: z.union([mode, z.array(mode).min(1)], MODE) })
    .optional()
    .describe('Modes of the home in which the condition does not count.'),
  keep: amount.optional().describe('How long it goes on firing after the condition ended.'),
  cooldown: amount.optional().describe('After it fired, it does not fire anew for so long.'),
  muted: z
    .strictObject({ by: z.union([z.string(), z.array(z.string()).min(1)], MUTED) })
    .optional()
    .describe('Rules that keep this one from beginning to fire, while they fire in the same home.'),
  gather: z
    .strictObject({
      by: z.literal('area', { error: 'expected "area"' }),
      from: z.int().min(2, 'expected at least 2: one home is no area').max(10_000),
      within: duration
        .default(60_000)
        .describe('How long one home waits for the others, where many may follow.'),
      title: text.describe('What people read when it is about many homes.'),
      advice: text.optional().describe('What to do first then.'),
    })
    .optional()
    .describe('So many homes of an area at once are one alert, with a list of them. Technical rules only.'),
  clear: z
    .union([z.literal('manual'), z.strictObject({ when: condition, for: amount.optional() })], {
      error: 'expected "manual" or { when: CONDITION, for: DURATION }',
    })
    .optional()
    .describe('manual: holds until a human resolves the alert. Else: the condition that ends it.'),
  levels: z
    .array(z.strictObject({ severity, when: condition.optional() }))
    .min(1)
    .optional()
    .describe('A ladder of severities, raised in place.'),
  policy: z
    .string()
    .optional()
    .describe(
      'The policy that says who is told, from policies/*.yaml. Without it the first that is for such alerts.',
    ),
  params: z.record(z.string().regex(/^[a-z]\w*$/i), param).default({}),
  resolve: z.enum(['manual', 'auto']).default('manual'),
})

/** The schema of a rule file, for editors too. */
export const ruleFileSchema = z.strictObject({ rules: z.array(ruleSchema).min(1) })

export type RuleSource = z.output<typeof ruleSchema>
