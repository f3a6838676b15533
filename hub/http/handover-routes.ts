import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { HandoverNote } from '../model/handover.ts'
import { areasOf } from './caller.ts'
import { HttpError, problemSchema } from './problem.ts'
import type { People } from './people.ts'
import { time } from './time-fields.ts'

const SHOWN = 20

const noteSchema = z
  .object({
    id: z.int(),
    at: time,
    by: z.string().describe('The id of the person who wrote it.'),
    byName: z.string().optional(),
    text: z.string(),
    readBy: z.array(z.object({ person: z.string(), name: z.string().optional(), at: time })),
  })
  .meta({ id: 'HandoverNote' })

const notesSchema = z.object({ notes: z.array(noteSchema).describe('Newest first, of the last 30 days.') })

export type HandoverView = z.output<typeof notesSchema>

const refusals = { 401: problemSchema, 403: problemSchema, 404: problemSchema }

/** What a shift tells the next one. Names stand in it: it is for operators. */
export const handoverRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api/handover',
    {
      config: { roles: ['operator'], areas: 'kept', personal: 'handover.open' },
      schema: {
        tags: ['shift'],
        summary: 'The notes to the next shift that whoever asks may see, and who has read them.',
        response: { 200: notesSchema, ...refusals },
      },
    },
    async ({ office }) => ({ notes: office.handover.list(SHOWN).map((one) => view(one, office.people)) }),
  )

  app.post(
    '/api/handover',
    {
      config: { roles: ['operator'], areas: 'kept', audit: 'handover.write' },
      schema: {
        tags: ['shift'],
        summary: 'Write a note to the next shift. It cannot be changed: write another one.',
        body: z.object({ text: z.string().trim().min(1).max(4000) }),
        response: { 200: noteSchema, ...refusals },
      },
    },
    async ({ office, person, caller, body }) => {
      const areas = caller ? areasOf(caller) : []
      return view(office.handover.write({ by: person ?? 'cli', areas, text: body.text }), office.people)
    },
  )

  app.post(
    '/api/handover/:note/reads',
    {
      config: { roles: ['operator'], areas: 'kept', audit: 'handover.read' },
      schema: {
        tags: ['shift'],
        summary: 'Say that one has read a note.',
        params: z.object({ note: z.coerce.number().int() }),
        response: { 200: noteSchema, ...refusals },
      },
    },
    async ({ office, person, params }) => {
      const note = office.handover.markRead(params.note, person ?? 'cli')
      if (!note) throw new HttpError(404, 'Cannot find this note: there is none with this number.')
      return view(note, office.people)
    },
  )
}

function view({ id, at, by, text, readBy }: HandoverNote, people: People): z.output<typeof noteSchema> {
  const byName = people.find(by)?.name
  return {
    id,
    at,
    by,
    ...(byName !== undefined && { byName }),
    text,
    readBy: readBy.map((one) => {
      const name = people.find(one.person)?.name
      return { ...one, ...(name !== undefined && { name }) }
    }),
  }
}
