import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Office } from './office.ts'
import { HttpError, problemSchema } from './problem.ts'
import { time } from './time-fields.ts'

/** More than anybody reads at 3 a.m. */
const MOST_NOTES = 20

const notesSchema = z
  .object({
    notes: z
      .array(
        z.object({
          id: z.int(),
          at: time,
          by: z.string().describe('The id of the person who wrote it.'),
          byName: z.string().optional(),
          text: z.string(),
        }),
      )
      .describe('Newest first.'),
  })
  .meta({ id: 'HomeNotes' })

export type HomeNotesView = z.output<typeof notesSchema>

const refusals = { 401: problemSchema, 403: problemSchema, 404: problemSchema }

/** What the centre knows of a home that no sensor tells. It speaks of people: it is for operators. */
export const homeNoteRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api/homes/:home/notes',
    {
      config: { roles: ['operator'], personal: 'notes.read' },
      schema: {
        tags: ['homes'],
        summary: "The centre's own notes about a home.",
        params: z.object({ home: z.string() }),
        response: { 200: notesSchema, ...refusals },
      },
    },
    async ({ office, params }, reply) => {
      reply.header('cache-control', 'no-store')
      return view(params.home, office)
    },
  )

  app.post(
    '/api/homes/:home/notes',
    {
      config: { roles: ['operator'], audit: 'note.write' },
      schema: {
        tags: ['homes'],
        summary: `Write a note about a home. It is changed by removing it and writing another; ${MOST_NOTES} at most.`,
        params: z.object({ home: z.string() }),
        body: z.object({ text: z.string().trim().min(1).max(1000) }),
        response: { 200: notesSchema, 409: problemSchema, ...refusals },
      },
    },
    async ({ office, person, params: { home }, body }, reply) => {
      if (office.notes.list(home).length >= MOST_NOTES) {
        throw new HttpError(
          409,
          `Cannot write this note: the home has ${MOST_NOTES} already. Remove one that says nothing new.`,
        )
      }
      office.notes.write({ home, by: person ?? 'cli', text: body.text })
      reply.header('cache-control', 'no-store')
      return view(home, office)
    },
  )

  app.delete(
    '/api/homes/:home/notes/:note',
    {
      config: { roles: ['operator'], audit: 'note.remove' },
      schema: {
        tags: ['homes'],
        summary: 'Remove a note about a home: its words are not kept.',
        params: z.object({ home: z.string(), note: z.coerce.number().int() }),
        response: { 200: notesSchema, ...refusals },
      },
    },
    async ({ office, params: { home, note } }, reply) => {
      if (!office.notes.remove(home, note)) {
        throw new HttpError(404, 'Cannot find this note: the home has none with this number.')
      }
      reply.header('cache-control', 'no-store')
      return view(home, office)
    },
  )
}

function view(home: string, { notes, people }: Office): HomeNotesView {
  return {
    notes: notes.list(home).map((note) => {
      const byName = people.find(note.by)?.name
      return { ...note, ...(byName !== undefined && { byName }) }
    }),
  }
}
