import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmailChannel, messageId } from '../../../hub/notify/channels/email.ts'
import type { EmailOptions } from '../../../hub/notify/channels/email.ts'
import { startMailServer } from '../../helpers/mail-server.ts'
import type { MailServer } from '../../helpers/mail-server.ts'
import { serverMissing } from '../../helpers/servers.ts'

const soon = (): AbortSignal => AbortSignal.timeout(10_000)
const message = (id: string, to = 'anne@example.no') => ({ id, to, text: `text of ${id}` })

describe.skipIf(serverMissing('openssl'))('createEmailChannel', () => {
  let server: MailServer
  let tls: MailServer
  let open: MailServer
  let options: EmailOptions

  beforeAll(async () => {
    server = await startMailServer()
    tls = await startMailServer({ secure: true })
    open = await startMailServer({ authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'] })
    const { host, port, ca, username, password } = server
    options = { name: 'mail', host, port, tls: 'starttls', ca, username, password, from: 'hub@example.no' }
  })
  afterAll(async () => {
    for (const one of [server, tls, open]) await one.stop()
  })

  test('sends plain text by STARTTLS, with the subject, and the same Message-ID for each attempt', async () => {
    const channel = createEmailChannel({ ...options, fromName: 'Trygghetsvakta Ås' })
    const one = { ...message('n1'), subject: 'Mulig fall hos Mor – Šárá' }
    const result = await channel.send(one, soon())
    await channel.send(one, soon())
    const [first, second] = server.mails().slice(-2)
    expect(first).toMatchObject({ from: 'hub@example.no', to: ['anne@example.no'], encrypted: true })
    expect(first?.headers).toMatchObject({
      subject: 'Mulig fall hos Mor – Šárá',
      from: 'Trygghetsvakta Ås <hub@example.no>',
      to: 'anne@example.no',
      'auto-submitted': 'auto-generated',
      'content-type': 'text/plain; charset=utf-8',
    })
    expect(first?.text).toBe('text of n1')
    expect(first?.headers['message-id']).toBe(messageId('n1', 'hub@example.no'))
    expect(second?.headers['message-id']).toBe(first?.headers['message-id'])
    expect(messageId('n2', 'hub@example.no')).not.toBe(messageId('n1', 'hub@example.no'))
    expect(result).toEqual({ ok: true, to: 'accepted', reference: messageId('n1', 'hub@example.no') })
  })

  test('takes the first line for the subject where there is none, and nothing from it as a header', async () => {
    await createEmailChannel(options).send(
      { ...message('n3'), text: 'VARSEL: fall\r\nBcc: x@y.no\n\nmer' },
      soon(),
    )
    const mail = server.mails().at(-1)
    expect(mail?.headers['subject']).toBe('VARSEL: fall')
    expect(mail?.headers['bcc']).toBeUndefined()
    await createEmailChannel(options).send({ ...message('n4'), subject: 'a\r\nBcc: x@y.no' }, soon())
    expect(server.mails().at(-1)?.headers['bcc']).toBeUndefined()
    expect(server.mails().at(-1)?.to).toEqual(['anne@example.no'])
  })

  test.each([
    ['greylisted@example.no', true, '451'],
    ['unknown@example.no', false, '550'],
    ['full@example.no', false, '552'],
  ])('reads the answer about %s', async (to, retry, code) => {
    const result = await createEmailChannel(options).send(message('n1', to), soon())
    expect(result).toMatchObject({ ok: false, retry, error: expect.stringContaining(code) })
    expect(JSON.stringify(result)).not.toContain(to)
  })

  test('finds a sender that the server refuses worth a retry: people put it right', async () => {
    const result = await createEmailChannel({ ...options, from: 'other@example.no' }).send(
      message('n1'),
      soon(),
    )
    expect(result).toMatchObject({
      ok: false,
      retry: true,
      error: expect.stringMatching(/configuration: 553/),
    })
  })

  test('sends nothing to a server whose certificate it cannot trust, or that offers no TLS', async () => {
    const { ca: _, ...untrusting } = options
    const before = server.mails().length
    expect(await createEmailChannel(untrusting).send(message('n1'), soon())).toMatchObject({
      ok: false,
      retry: true,
    })
    const { username: _u, password: _p, ...anonymous } = options
    const stripped = createEmailChannel({ ...anonymous, port: open.port })
    expect(await stripped.send(message('n1'), soon())).toMatchObject({ ok: false, retry: true })
    expect([server.mails().length, open.mails().length]).toEqual([before, 0])
  })

  test('speaks TLS from the first byte, or none, where it is told to', async () => {
    const direct = createEmailChannel({ ...options, tls: 'tls', port: tls.port, ca: tls.ca })
    expect(await direct.send(message('n1'), soon())).toMatchObject({ ok: true })
    expect(tls.mails()[0]).toMatchObject({ encrypted: true })
    const { username: _u, password: _p, ca: _c, ...plain } = options
    const local = createEmailChannel({ ...plain, tls: 'none', port: open.port })
    expect(await local.send(message('n1'), soon())).toMatchObject({ ok: true })
    expect(open.mails()[0]).toMatchObject({ encrypted: false })
  })
})
