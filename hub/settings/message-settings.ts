import { z } from 'zod'
import { SHOWN_ROLES } from '../model/way-in.ts'
import type { ChannelSettings } from './channel-settings.ts'

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
