import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerName } from './caller.ts'
import type { Office } from './office.ts'
import { sightOf } from './sight.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the audit log should have beside what the route says: set by the handler. */
    noted: { readonly whose?: string; readonly why?: string; readonly who?: string } | undefined
  }
}

/** The header that gives the reason for a read. */
const REASON_HEADER = 'x-reason'
const LONGEST_REASON = 300

/**
 * Writes what routes declare (`audit`, `personal`) before the answer leaves: what could not be written is not shown.
 */
export function auditRoutes(app: FastifyInstance, office: Office): void {
  app.decorateRequest('noted', undefined)
  app.addHook('onSend', async (request, reply) => {
    const what = reply.statusCode < 400 && auditedAs(request)
    if (!what) return
    await noteAct(request, office, what, request.noted)
  })
}

/** Writes a row for a request, beside the one that its route declares where that says too little. */
export async function noteAct(
  request: FastifyRequest,
  office: Office,
  what: string,
  noted: FastifyRequest['noted'],
): Promise<void> {
  const { who = whoAsks(request), whose = whoseOf(request, office), why = reasonOf(request) } = noted ?? {}
  await office.audit.write({
    who,
    what,
    ...(whose !== undefined && { whose }),
    ...(why !== undefined && { why: why.slice(0, LONGEST_REASON) }),
    from: request.caller?.type === 'socket' ? 'socket' : request.ip,
  })
}

function auditedAs(request: FastifyRequest): string | undefined {
  const { audit, personal } = request.routeOptions.config
  if (audit !== undefined) return audit === 'journal' ? undefined : audit
  if (personal === undefined) return undefined
  const { caller } = request
  return caller && sightOf(caller).names === 'all' ? personal : undefined
}

/** Whose it was, where it was about some homes at once. */
export function homesAsked(ids: Iterable<string>): string {
  return `homes:${[...new Set(ids)].toSorted().join(',')}`
}

/** On the admin socket people say for whom they act. */
function whoAsks(request: FastifyRequest): string {
  const { caller } = request
  if (!caller) return 'nobody'
  if (caller.type !== 'socket') return callerName(caller)
  const by = fieldOf(request.body, 'by') ?? fieldOf(request.query, 'by')
  return by ?? 'cli'
}

function whoseOf(request: FastifyRequest, office: Office): string | undefined {
  const params = request.params as Readonly<Record<string, string>> | undefined
  const { home, id, person, token } = params ?? {}
  if (home !== undefined) return `home:${home}`
  if (person !== undefined) return `person:${person}`
  if (token !== undefined) return `token:${token}`
  if (id !== undefined && request.routeOptions.url?.startsWith('/api/alerts/')) {
    const alert = office.alert(id)
    return alert?.home === undefined ? `alert:${id}` : `home:${alert.home}`
  }
  return undefined
}

function reasonOf(request: FastifyRequest): string | undefined {
  const header = request.headers[REASON_HEADER]
  const text = typeof header === 'string' ? header.trim() : ''
  return text === '' ? undefined : text
}

function fieldOf(value: unknown, name: string): string | undefined {
  const field =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
  return typeof field === 'string' ? field : undefined
}
