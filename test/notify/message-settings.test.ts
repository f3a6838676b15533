import { describe, expect, it } from 'vitest'
import { configSchema } from '../../hub/config.ts'
import { messagesSchema, takesAnswers } from '../../hub/settings/message-settings.ts'

const twilio = { name: 't', type: 'twilio', accountSid: `AC${'0'.repeat(32)}`, authToken: 'x' }
const http = { name: 'h', type: 'http', request: { url: 'https://sms.example' } }

describe('takesAnswers', () => {
  it.each([
    [{ name: 'm', type: 'gammu', spool: '/spool' }, true],
    [{ ...twilio, from: '+4759440001' }, true],
    [{ ...twilio, messagingServiceSid: `MG${'0'.repeat(32)}` }, true],
    [{ ...twilio, from: 'Kommunen' }, false],
    [http, false],
    [{ ...http, token: 'x'.repeat(22), inbound: { from: 'from', text: 'text' } }, true],
    [{ name: 'e', type: 'email', host: 'mail.example', from: 'hub@example.no' }, false],
  ])('of %j is %s', (channel, expected) => {
    const config = configSchema.parse({ channels: [channel] })
    expect(config.channels.map(takesAnswers)).toEqual([expected])
  })
})

describe('messages in hub.yaml', () => {
  it('put links where nothing else can be answered, and show homes to staff and nurses', () => {
    expect(messagesSchema.parse(undefined)).toEqual({
      links: { sms: 'auto', email: 'always', webhook: 'always' },
      shown: ['staff', 'nurse'],
      status: { valid: 7 * 24 * 3_600_000, call: [] },
    })
  })

  it('show no home to installers', () => {
    expect(messagesSchema.safeParse({ shown: ['installer'] }).success).toBe(false)
  })
})
