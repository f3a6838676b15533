import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Input } from '../../model/input.ts'
import type { AlertLink } from '../../model/link.ts'
import { toOf } from '../../model/notification.ts'
import { mayBeShown } from '../../model/way-in.ts'
import type { ShownRole } from '../../model/way-in.ts'
import type { Office } from '../office.ts'
import { isLoopback } from '../sessions.ts'
import { officeFor, sightOf } from '../sight.ts'
import { alertPage, refusalPage } from './link-pages.ts'
import type { Notice, WaySection } from './link-pages.ts'
import { acceptedLanguage, pageLanguage } from './link-words.ts'
import { statusPage } from './status-page.ts'
import { viewLink } from './link-view.ts'
import type { LinkView } from './link-view.ts'

/** Links that open nothing, per address: one that does works all the same, whoever shares its address. */
const MISSES = { max: 30, timeWindow: '1 minute' }
/** What one link asks of the hub; a frightened thumb is slower. */
const POSTS = { max: 30, timeWindow: '1 minute' }
const BODY_LIMIT = 1024
/** Where to go and how to get in is shown for so long after an alert was resolved: for whoever is still there. */
const SHOWN_AFTER = 2 * 3_600_000

export const LINK_COOKIE = 'aal_link'

const NOTICES = ['sent', 'wrong', 'none', 'wait'] as const satisfies readonly Notice[]
const ACTS = ['take', 'cannot', 'send-code', 'sign-in', 'on-the-way', 'arrived'] as const
const formSchema = z.object({ do: z.enum(ACTS), code: z.string().max(20).optional() })
type Form = z.output<typeof formSchema>

const css = readFileSync(new URL('link.css', import.meta.url), 'utf8')
const styles = `/link.css?${createHash('sha256').update(css).digest('hex').slice(0, 8)}`

/**
 * The pages behind links in messages: `/a/…` to answer an alert, `/d/…` with where to go and how to get in, `/s/…` to see
 * how a home is. The token
 * in the address proves who asks; a POST to it can come from nobody who does not know it. GET changes nothing, but for
 * the line in the alert's history when somebody who has signed in is shown a home.
 */
export const linkRoutes: FastifyPluginAsyncZod<{ office: Office; shownTo: readonly ShownRole[] }> = async (
  app,
  { office, shownTo },
) => {
  const missed = app.createRateLimit(MISSES)
  const posted = app.createRateLimit({
    ...POSTS,
    keyGenerator: (request) => tokenOf(request),
  })
  let turn: Promise<unknown> = Promise.resolve()

  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  app.addHook('onSend', async (request, reply) => {
    if (request.routeOptions.url === '/link.css') return
    reply.header('cache-control', 'no-store')
    reply.header('referrer-policy', 'no-referrer')
    reply.header('x-robots-tag', 'noindex, nofollow, noarchive')
  })
  app.setErrorHandler((error, request, reply) => {
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
    if (!(status >= 400 && status < 500)) request.log.error({ err: error }, 'A page behind a link failed')
    return refuse(request, reply, status >= 400 && status < 500 ? status : 500, 'failed')
  })

  app.get('/link.css', { config: { open: true }, schema: { hide: true } }, (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type('text/css; charset=utf-8')
      .send(css),
  )

  for (const [path, use] of [
    ['/a/:token', 'answer'],
    ['/d/:token', 'details'],
  ] as const) {
    const config = { open: true, link: true } as const
    app.get(path, { config, schema: { hide: true } }, async (request, reply) => {
      const opened = await open(request, reply, use)
      if (!opened) return reply
      const { link, view } = opened
      const way = use === 'details' ? await wayFor(request, link, view) : undefined
      return sendPage(reply, 200, alertPage({ language: view.language, styles }, pathOf(request), view, way))
    })
    app.post(path, { config, bodyLimit: BODY_LIMIT, schema: { hide: true } }, async (request, reply) => {
      const opened = await open(request, reply, use)
      if (!opened) return reply
      if (isTooMany(await posted(request))) return refuse(request, reply, 429, 'tooMany', opened.view)
      const form = formSchema.safeParse(request.body)
      // What no form of ours sends changes nothing.
      if (!form.success) return reply.redirect(pathOf(request), 303)
      const notice = await inTurn(() => act(request, reply, opened.link, form.data)).catch(
        (cause: unknown) => {
          request.log.error({ err: cause }, 'What was asked by a link failed')
          return 'failed' as const
        },
      )
      if (notice === 'failed') return refuse(request, reply, 500, 'failed', opened.view)
      return reply.redirect(`${pathOf(request)}${notice === undefined ? '' : `?c=${notice}#way`}`, 303)
    })
  }

  const config = { open: true, link: true } as const
  app.get('/s/:token', { config, schema: { hide: true } }, async (request, reply) => {
    const opened = office.links.open(tokenOf(request), office.core.now())
    const link = typeof opened === 'object' && opened.use === 'status' ? opened : undefined
    const view = link && office.status(link)
    if (!link || !view) {
      if (isTooMany(await missed(request))) return refuse(request, reply, 429, 'tooMany')
      return opened === undefined || (typeof opened === 'object' && !link)
        ? refuse(request, reply, 404, 'unknown')
        : refuse(request, reply, 410, 'closed')
    }
    const language = pageLanguage(view.language)
    if (isTooMany(await posted(request))) return refuse(request, reply, 429, 'tooMany', { language })
    // Nobody sees what HEAD brings. Who looked is kept first, or nothing is shown.
    if (request.method === 'GET') {
      const { home, recipient } = link
      const { contact = '' } = toOf(recipient)
      const read = { type: 'status', what: 'read', home, contact, by: recipient, via: 'link' } as const
      const outcome = await office.core.take(read)
      if (!outcome.taken) return refuse(request, reply, 500, 'failed', { language })
    }
    return sendPage(reply, 200, statusPage({ language, styles }, pathOf(request), view))
  })

  /** What the token opens; where it opens nothing, that was answered. */
  async function open(
    request: FastifyRequest,
    reply: FastifyReply,
    use: AlertLink['use'],
  ): Promise<{ link: AlertLink; view: LinkView } | undefined> {
    const now = office.core.now()
    const opened = office.links.open(tokenOf(request), now)
    if (opened === undefined || opened === 'expired' || opened.use !== use) {
      const isMany = isTooMany(await missed(request))
      if (isMany) refuse(request, reply, 429, 'tooMany')
      else if (opened === 'expired') refuse(request, reply, 410, 'expired')
      else refuse(request, reply, 404, 'unknown')
      return undefined
    }
    const view = viewLink(office, opened)
    if (!view) {
      refuse(request, reply, 410, 'expired')
      return undefined
    }
    const { handling, handledAt = 0 } = view.alert
    if (use === 'details' && handling === 'resolved' && now - handledAt > SHOWN_AFTER) {
      refuse(request, reply, 410, 'wayOver', view)
      return undefined
    }
    return { link: opened, view }
  }

  /** One after the other: of two thumbs' presses the second sees what the first did. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = turn.then(work)
    turn = run.catch(() => {})
    return run
  }

  async function act(
    request: FastifyRequest,
    reply: FastifyReply,
    link: AlertLink,
    form: Form,
  ): Promise<Notice | undefined> {
    // Anew: what was done before this one's turn counts.
    const view = viewLink(office, link)
    if (!view) return undefined
    const { standing, alert } = view
    const now = office.core.now()
    const base = { alert: alert.id, by: link.recipient, via: 'link' }
    const isAsked = standing.is === 'taken' && standing.asked
    switch (form.do) {
      case 'take':
        if (standing.is === 'open' || standing.is === 'declined' || isAsked)
          await answer('accept', view, link)
        return undefined
      case 'cannot':
        if (standing.is === 'open' || standing.is === 'mine' || isAsked) await answer('decline', view, link)
        return undefined
      case 'send-code': {
        if (!mayShow(link, view) || !view.hasPhone) return undefined
        if (!office.links.requestCode(link, now).ok) return 'wait'
        const letter = { is: 'sign-in-code', alert: alert.id } as const
        const to = { home: view.home.id, ...toOf(link.recipient) }
        await take({ type: 'letter', channel: 'sms', letter, ...to, by: link.recipient, via: 'link' })
        return 'sent'
      }
      case 'sign-in': {
        if (!mayShow(link, view)) return undefined
        const signedIn = office.links.signIn(link, (form.code ?? '').replaceAll(' ', ''), now)
        if (typeof signedIn === 'string') return signedIn
        reply.setCookie(LINK_COOKIE, signedIn.session, {
          path: pathOf(request),
          httpOnly: true,
          // A page of a mail program may open the link: a strict cookie would not come along.
          sameSite: 'lax',
          secure: !isLoopback(request.hostname),
        })
        return undefined
      }
      case 'on-the-way':
      case 'arrived': {
        const by = signedInAs(request, link)
        if (by === undefined || !mayShow(link, view) || standing.is === 'over') return undefined
        await take({ type: 'attend', what: form.do, ...base, by })
        return undefined
      }
    }
  }

  async function answer(action: 'accept' | 'decline', view: LinkView, link: AlertLink): Promise<void> {
    const { staff, contact = '' } = toOf(link.recipient)
    const who = staff === undefined ? { home: view.home.id, contact } : { staff }
    await take({ type: 'answer', action, link: link.alert, ...who })
  }

  async function take(input: Input): Promise<void> {
    await office.core.take(input)
  }

  function mayShow({ use, recipient }: AlertLink, { home }: LinkView): boolean {
    return use === 'details' && mayBeShown(shownTo, recipient, home)
  }

  /** The recipient by a code, or an operator of this area who is signed in anyway, and whose screen is not locked. */
  function signedInAs(request: FastifyRequest, link: AlertLink): string | undefined {
    const session = request.cookies[LINK_COOKIE]
    if (session !== undefined && office.links.isSignedIn(link, session, office.core.now()))
      return link.recipient
    const { caller } = request
    if (caller?.type !== 'person' || caller.isLocked || !caller.person.roles.includes('operator'))
      return undefined
    return officeFor(office, sightOf(caller)).alert(link.alert) && `operator:${caller.person.id}`
  }

  /** Where to go and how to get in, for who may see it: that it is shown stands in the alert's history first. */
  async function wayFor(
    request: FastifyRequest,
    link: AlertLink,
    view: LinkView,
  ): Promise<WaySection | undefined> {
    const { way, label } = view.personal
    if (!way || !mayShow(link, view)) return undefined
    const by = signedInAs(request, link)
    if (by === undefined) {
      const notice = NOTICES.find(
        (one) => one === z.object({ c: z.string() }).safeParse(request.query).data?.c,
      )
      return { is: 'hidden', ...(notice && { notice }) }
    }
    // Nobody sees what HEAD brings.
    if (request.method !== 'GET') return { is: 'hidden' }
    const outcome = await office.core.take({ type: 'show', alert: link.alert, by, via: 'link' })
    if (!outcome.taken) return undefined
    const whose = `home:${view.home.id}`
    await office.audit.write({ who: by, what: 'home.details', whose, from: request.ip })
    return { is: 'shown', way, ...(label !== undefined && { label }) }
  }

  function refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    why: Parameters<typeof refusalPage>[1],
    view?: Pick<LinkView, 'language'>,
  ): FastifyReply {
    const language = view?.language ?? acceptedLanguage(request.headers['accept-language'])
    return sendPage(reply, status, refusalPage({ language, styles }, why))
  }
}

type Limited = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>

function isTooMany(limited: Limited): boolean {
  return !limited.isAllowed && limited.isExceeded
}

function sendPage(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(page)
}

function tokenOf(request: FastifyRequest): string {
  return z.object({ token: z.string() }).parse(request.params).token
}

/** As the reader called it, without what stands behind the token. */
function pathOf(request: FastifyRequest): string {
  return request.url.split(/[?#]/, 1)[0] ?? '/'
}
