import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { ACT_REFUSALS, LOGIN_REFUSALS, REFUSALS } from '../model/refusal.ts'
import type { ActRefusal, LoginRefusal, Refusal } from '../model/refusal.ts'
import { ProblemsError } from '../source/problem.ts'
import type { FieldProblem } from '../model/register.ts'
import { OfficeError } from './office.ts'
import { RegisterError } from './register.ts'

/** An answer that says what is wrong [RFC 9457]. `detail` is a sentence for people. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    status: z.number().int(),
    title: z.string(),
    detail: z.string(),
    reason: z
      .enum([...REFUSALS, ...LOGIN_REFUSALS, ...ACT_REFUSALS])
      .optional()
      .describe(
        'Of signing in, unlocking, a login of a gateway, and what a program does: why not, for whoever says it in their own words.',
      ),
    problems: z
      .array(
        z.union([
          z.object({
            file: z.string(),
            line: z.int(),
            column: z.int(),
            message: z.string(),
            field: z.string().optional(),
          }),
          z.object({
            pointer: z.string().describe('A JSON pointer into what was sent: `/phone`; empty: all of it.'),
            message: z.string(),
            suggestion: z.string().optional().describe('What was probably meant.'),
          }),
        ]),
      )
      .optional()
      .describe('Every error with its place: in a file, or in the fields that were sent.'),
  })
  .meta({ id: 'Problem' })

export type ProblemBody = z.infer<typeof problemSchema>
type ProblemReason = Refusal | LoginRefusal | ActRefusal

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Cannot be taken',
  423: 'Locked',
  428: 'Say what you saw',
  429: 'Too many requests',
  503: 'Not ready',
}

/** What an answer says beside its words. */
export interface HttpErrorOptions {
  readonly reason?: ProblemReason
  /** When it is worth another try, in seconds. */
  readonly retryAfter?: number
}

/** An error whose words are meant for whoever asked. */
export class HttpError extends Error {
  readonly statusCode: number
  readonly reason: ProblemReason | undefined
  /** When it is worth another try, in seconds. */
  readonly retryAfter: number | undefined

  constructor(statusCode: number, detail: string, { reason, retryAfter }: HttpErrorOptions = {}) {
    super(detail)
    this.name = 'HttpError'
    this.statusCode = statusCode
    this.reason = reason
    this.retryAfter = retryAfter
  }
}

/**
 * Makes every error of the app a problem document; what is our fault is logged and told without its insides.
 * @param toPages whether a browser that asks for an unknown page is sent to the board
 */
export function answerWithProblems(app: FastifyInstance, toPages = false): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    // A person with a browser, who mistyped: the board says more than this could.
    const isPage = request.method === 'GET' && !/^\/(?:api|hooks|assets)(?:\/|$)/.test(path)
    if (isPage && toPages && request.headers.accept?.includes('text/html')) return reply.redirect('/')
    return sendProblem(reply, 404, `Cannot find ${request.method} ${path}: there is nothing at this address.`)
  })
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ProblemsError) {
      return sendProblem(reply, 422, firstLine(error.message), error.problems)
    }
    if (error instanceof RegisterError) {
      return sendProblem(reply, REGISTER_STATUS[error.code], error.message, error.problems)
    }
    if (error instanceof OfficeError) {
      return sendProblem(reply, OFFICE_STATUS[error.code], error.message, undefined, error.reason)
    }
    if (error instanceof HttpError) {
      if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter)
      return sendProblem(reply, error.statusCode, error.message, undefined, error.reason)
    }
    if (hasZodFastifySchemaValidationErrors(error)) {
      const all = error.validation.map(
        (issue) => `${issue.instancePath.slice(1).replaceAll('/', '.') || 'body'}: ${issue.message}`,
      )
      const fields = error.validation.map(({ instancePath, message = 'is wrong' }) => ({
        pointer: instancePath,
        message,
      }))
      return sendProblem(reply, 400, `Cannot read this request: ${all.join('; ')}.`, fields)
    }
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
    if (status >= 400 && status < 500 && error instanceof Error && !isResponseSerializationError(error)) {
      return sendProblem(reply, status, error.message)
    }
    request.log.error({ err: error }, 'A request failed')
    return sendProblem(reply, 500, 'Cannot answer: something failed in the hub. Its log says what.')
  })
}

const REGISTER_STATUS = { 'not-found': 404, conflict: 409, invalid: 422, stale: 412 } as const
const OFFICE_STATUS = { 'not-found': 404, conflict: 409, invalid: 422 } as const

export function sendProblem(
  reply: FastifyReply,
  status: number,
  detail: string,
  problems?: ProblemBody['problems'] | ProblemsError['problems'] | readonly FieldProblem[],
  reason?: ProblemReason,
): FastifyReply {
  const body: ProblemBody = {
    type: 'about:blank',
    status,
    title: TITLES[status] ?? (status >= 500 ? 'Failed' : 'Refused'),
    detail,
    ...(reason && { reason }),
    ...(problems && { problems: problems.map((problem) => ({ ...problem })) }),
  }
  // As a string, so that no schema of the route can refuse it.
  return reply.code(status).type('application/problem+json; charset=utf-8').send(JSON.stringify(body))
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
