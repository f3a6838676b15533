import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PassThrough } from 'node:stream'
import { callerOf } from './caller.ts'
import type { Office } from './office.ts'
import { officeFor, sightOf } from './sight.ts'

/** How often each stream says that it is alive, ms. */
export const BEAT_MS = 5000

/** Answers with server-sent events: what is written to the stream, for as long as it is open. */
export function answerEvents(reply: FastifyReply, stream: PassThrough): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .type('text/event-stream; charset=utf-8')
    .send(stream)
}

/**
 * The office as whoever opened a stream may see it now: they may have been locked, or got other areas since.
 * @returns undefined when they may not any more
 */
export function officeNow(request: FastifyRequest, office: Office, trusted: boolean): Office | undefined {
  if (trusted) return office
  const caller = callerOf(request, office.people)
  return caller === undefined || caller === 'wrong-token' ? undefined : officeFor(office, sightOf(caller))
}
