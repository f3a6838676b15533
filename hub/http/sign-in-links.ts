import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { People } from './people.ts'
import { problemSchema } from './problem.ts'

/** For the admin socket alone: who can make links can be anybody. */
export const signInLinkRoutes: FastifyPluginAsyncZod<{
  people: People
  /** Where people open the console; known once it listens. */
  consoleUrl: () => string
}> = async (app, { people, consoleUrl }) => {
  app.post(
    '/api/sign-in-links',
    {
      config: { roles: [], audit: 'person.link' },
      schema: {
        tags: ['session'],
        summary: 'Make a link that signs one person in, once, within 24 h. Admin socket only.',
        body: z.object({
          person: z
            .string()
            .regex(/^[\w.-]{1,64}$/, 'a short name: letters a-z, digits, ".", "_" and "-", at most 64')
            .describe('The name that stands beside what this person does.'),
        }),
        response: { 200: z.object({ person: z.string(), signIn: z.url() }), 400: problemSchema },
      },
    },
    async (request, reply) => {
      const { person } = request.body
      request.noted = { whose: `person:${person}` }
      reply.header('cache-control', 'no-store')
      return { person, signIn: `${consoleUrl()}/sign-in#${people.createSignInToken(person)}` }
    },
  )
}
