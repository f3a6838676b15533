import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { areasOf } from './caller.ts'
import type { Who } from './register.ts'

/** Only the admin socket believes these: elsewhere it is whoever signed in. */
export const actorSchema = {
  by: z
    .string()
    .regex(/^(operator|contact|staff):[\w.-]{1,64}$/)
    .optional(),
  via: z.enum(['cli', 'api']).optional(),
}

/** Who asks for a change, and how. */
export function actorOf(
  request: FastifyRequest,
  body: { by?: string | undefined; via?: string | undefined },
  trusted: boolean,
): { by: string; via: string } {
  if (trusted) return { by: body.by ?? 'operator:cli', via: body.via ?? 'cli' }
  if (request.caller?.type === 'token') return { by: `token:${request.caller.token.name}`, via: 'api' }
  return { by: `operator:${request.person}`, via: 'console' }
}

/** The same, with the areas in which they may do it. */
export function whoOf(
  request: FastifyRequest,
  body: { by?: string | undefined; via?: string | undefined },
  trusted: boolean,
): Who {
  return { ...actorOf(request, body, trusted), areas: request.caller ? areasOf(request.caller) : [] }
}
