import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { recipientOf } from '../model/notification.ts'
import type { To } from '../model/notification.ts'
import { nameOf } from './alert-view.ts'
import type { Office } from './office.ts'
import { HttpError, problemSchema } from './problem.ts'

const NEWEST = 200
const PER_PHONE = 50

const phoneSchema = z
  .object({
    home: z.string().describe('Not given for the staff, who answer for every home.').optional(),
    homeLabel: z.string().optional(),
    timezone: z.string().describe('Of the home.').optional(),
    contact: z.string().optional(),
    staff: z.string().optional(),
    name: z.string(),
    language: z.string(),
    messages: z.array(
      z.object({
        at: z.number(),
        from: z.enum(['hub', 'phone']),
        text: z.string(),
        code: z
          .string()
          .describe('Of an alert that this message tells of and that nobody has taken yet.')
          .optional(),
      }),
    ),
  })
  .meta({ id: 'Phone' })

type Phone = z.infer<typeof phoneSchema>

/** The phone simulator: what contacts would see on their phones when no SMS provider is configured. */
export const phoneRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api/phone',
    {
      config: { roles: ['operator'], areas: 'kept', personal: 'messages.read' },
      schema: {
        tags: ['phone'],
        summary: 'The phones that got messages, the newest active first.',
        response: { 200: z.object({ now: z.number(), phones: z.array(phoneSchema) }), 401: problemSchema },
      },
    },
    async ({ office }) => ({ now: office.core.now(), phones: readPhones(office) }),
  )

  app.post(
    '/api/phone/:home/:contact',
    {
      config: { roles: ['operator'], audit: 'journal' },
      schema: {
        tags: ['phone'],
        summary: 'Answer from a phone, as an SMS would.',
        params: z.object({ home: z.string(), contact: z.string() }),
        body: z.object({ text: z.string().trim().min(1).max(480) }),
        response: {
          200: z.object({ matched: z.boolean(), reason: z.string() }),
          401: problemSchema,
          404: problemSchema,
        },
      },
    },
    async ({ office, body, params }) => {
      const { home, contact } = params
      const phone = office.personal(home)?.contacts.find((one) => one.id === contact)?.phone
      if (phone === undefined) {
        throw new HttpError(
          404,
          `Cannot answer for "${contact}" of "${home}": no phone number is registered.`,
        )
      }
      return office.takeAnswer(phone, body.text)
    },
  )
}

type Message = Phone['messages'][number]

/** In one millisecond the answer comes before what the hub says to it. */
function inOrder(a: Message, b: Message): number {
  return a.at - b.at || Number(a.from === 'hub') - Number(b.from === 'hub')
}

function readPhones(office: Office): Phone[] {
  const phones = new Map<string, Phone>()
  const phoneOf = (home: string | undefined, to: To): Phone => {
    const { contact, staff } = to
    const ofHome = staff === undefined && home !== undefined ? home : undefined
    const key = `${ofHome ?? ''}/${recipientOf(to)}`
    const made = phones.get(key)
    if (made) return made
    const personal = ofHome === undefined ? undefined : office.personal(ofHome)
    const known = ofHome === undefined ? undefined : office.core.home(ofHome)
    const facts =
      staff === undefined ? known?.contacts.find((one) => one.id === contact) : office.core.staff().get(staff)
    const phone: Phone = {
      ...(ofHome !== undefined && { home: ofHome }),
      ...(personal?.label !== undefined && { homeLabel: personal.label }),
      ...(known && { timezone: known.timezone }),
      ...(staff === undefined ? { contact: contact ?? '' } : { staff }),
      name: nameOf(recipientOf(to), personal, office),
      language: facts?.language ?? 'en',
      messages: [],
    }
    phones.set(key, phone)
    return phone
  }
  for (const notification of office.newestNotifications(NEWEST)) {
    // Those in one message with others are no SMS of their own: that one is a letter.
    const { channel, template } = notification
    if (channel !== 'sms' || (template === 'alert' && notification.digest)) continue
    if (notification.state !== 'accepted' && notification.state !== 'delivered') continue
    const text = office.messageText(notification)
    if (text === undefined) continue
    const alert = notification.template === 'alert' ? office.alert(notification.alert) : undefined
    phoneOf(notification.home, notification).messages.push({
      at: notification.queuedAt,
      from: 'hub',
      text,
      ...(alert?.handling === 'new' && { code: alert.code }),
    })
  }
  for (const answer of office.answers(NEWEST)) {
    phoneOf(answer.home, answer).messages.push({ at: answer.at, from: 'phone', text: answer.text })
  }
  for (const phone of phones.values()) {
    phone.messages = phone.messages.toSorted(inOrder).slice(-PER_PHONE)
  }
  const lastAt = (phone: Phone) => phone.messages.at(-1)?.at ?? 0
  return [...phones.values()].sort((a, b) => lastAt(b) - lastAt(a))
}
