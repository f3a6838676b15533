import { z } from 'zod'
import { duration } from '../source/duration.ts'
import { SHOWN_ROLES } from '../model/way-in.ts'
import type { ChannelSettings } from './channel-settings.ts'

const HOUR = 3_600_000
const phone = z
  .string('expected a number in quotes, such as "+4775000000" or "116117"')
  .regex(/^\+?\d{3,15}$/, 'expected a number such as "+4775000000" or "116117"')

/** `messages` of a `hub.yaml`. */
export const messagesSchema = z
  .strictObject({
    links: z
      .strictObject({
        sms: z
          .enum(['auto', 'always', 'never'])
          .default('auto')
          .describe('auto: only where no channel of the route can take answers.'),
        email: z.enum(['always', 'never']).default('always'),
        webhook: z.enum(['always', 'never']).default('always'),
      })
      .prefault({})
      .describe('Which messages carry a link to answer by. None does without an http.url of https.'),
    shown: z
      .array(z.enum(SHOWN_ROLES))
      .default(['staff', 'nurse'])
      .describe('Who may see address, key safe and notes of a home, over a link with sign-in.'),
    status: z
      .strictObject({
        valid: duration
          .refine((ms) => ms >= HOUR && ms <= 31 * 24 * HOUR, 'expected 1h to 31d')
          .default(7 * 24 * HOUR)
          .describe('For how long the link to a status page works.'),
        call: z
          .array(z.strictObject({ name: z.string().trim().min(1).max(40), phone }))
          .max(4)
          .default([])
          .describe('Whom a family can call, as their status page shows it.'),
      })
      .prefault({})
      .describe('The page that shows families how things are.'),
  })
  .prefault({})

export type MessageSettings = z.output<typeof messagesSchema>

/** Whether a phone can answer what this channel sent: by SMS to a number that the hub hears of. */
export function takesAnswers(channel: ChannelSettings): boolean {
  switch (channel.type) {
    case 'kannel':
    case 'gammu':
    case 'gammu-sqlite':
      return true
    case 'twilio':
      // A name as the sender has no number to answer to.
      return channel.messagingServiceSid !== undefined || /^\+\d+$/.test(channel.from ?? '')
    case 'http':
      return channel.inbound !== undefined
    case 'email':
    case 'webhook':
      return false
  }
}
