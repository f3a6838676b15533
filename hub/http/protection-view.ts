import { z } from 'zod'
import { protectionWords } from '../alerts/protection-words.ts'
import { WAYS } from '../model/notification.ts'
import { PROTECTION_CODES, PROTECTION_STATES } from '../model/protection.ts'
import type { Protection } from '../model/protection.ts'
import { time } from './time-fields.ts'

const words = z.object({ en: z.string(), nb: z.string() })

const reasonSchema = z
  .object({
    code: z.enum(PROTECTION_CODES),
    makes: z
      .enum(['not', 'partly', 'nothing'])
      .describe('What a home in service is because of it; "nothing": it is only to be known.'),
    sensor: z.string().optional(),
    gateway: z.string().optional(),
    contact: z.string().optional(),
    rule: z.string().optional(),
    kind: z.string().optional(),
    way: z.enum(WAYS).optional(),
    since: time.optional(),
    until: time.optional(),
    value: z.number().optional().describe('%'),
    limit: z.number().optional().describe('%'),
    means: words.describe('What it means, by pseudonyms.'),
    todo: words.describe('What to do about it.'),
  })
  .meta({ id: 'ProtectionReason' })

export const protectionSchema = z
  .object({
    state: z
      .enum(PROTECTION_STATES)
      .describe(
        '"protected": an alarm from there comes through to somebody; "partly": and something is missing.',
      ),
    reasons: z.array(reasonSchema).describe('The gravest first.'),
  })
  .meta({ id: 'Protection' })

export const homeStatusSchema = protectionSchema
  .extend({
    home: z.string(),
    timezone: z.string(),
    now: time,
    lastProof: z
      .object({ at: time, due: time, certificate: z.string() })
      .optional()
      .describe('When it was last proven that an alarm comes through, and when it is to be again.'),
    unprotected: z
      .array(
        z
          .object({
            month: z.string().describe('2026-10, by the clock of the hub.'),
            minutes: z.number(),
            of: z.number().describe('Minutes for which the home was in the register.'),
          })
          .readonly(),
      )
      .describe('The months that are over, newest first. The audit log has a digest of each.'),
  })
  .meta({ id: 'HomeStatus' })

export type ProtectionView = z.output<typeof protectionSchema>
export type HomeStatusView = z.output<typeof homeStatusSchema>

export function viewProtection({ state, reasons }: Protection): ProtectionView {
  return {
    state,
    reasons: reasons.map((reason) => {
      const { en, nb } = protectionWords(reason)
      return {
        ...reason,
        means: { en: en.means, nb: nb.means },
        todo: { en: en.todo, nb: nb.todo },
      }
    }),
  }
}
