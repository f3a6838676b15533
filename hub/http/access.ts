import type { FastifyContextConfig, FastifyInstance, RouteOptions } from 'fastify'
import type { Role, Scope } from '../model/person.ts'

declare module 'fastify' {
  /** Who may call a route. One that says nothing is refused when the hub starts; docs/people.md has the table. */
  interface FastifyContextConfig {
    /** Answers whoever asks. */
    open?: true
    /** Called by a provider, which can set no header of ours and proves in its own way who it is. */
    provider?: true
    /** A page behind a link: the token in its address proves that the change comes from its reader. */
    link?: true
    /** Which people may call it: one of their roles is enough. Empty: the admin socket alone. */
    roles?: readonly Role[]
    /** With which scope a program may; not given: no program. */
    scope?: Scope
    /** What the board needs by itself: goes on while the session is locked, and calling it is no act of a person. */
    board?: true
    /**
     * How it keeps to the areas of who asks, where neither `:home` nor an alert's id in its path says it. `kept`: it
     * answers from `request.office`, which has only what they may see. `none`: it tells of no home.
     * Not given: only who may see all areas is answered.
     */
    areas?: 'kept' | 'none'
    /**
     * What stands in the audit log when it was answered: `gateway.add`. Every change has one; `journal`: the history of
     * the alert or home says it already.
     */
    audit?: string
    /** The same for reads that show names or words of people: not written for who is shown pseudonyms only. */
    personal?: string
  }
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether a request with this method changes nothing. */
export function isRead(method: string): boolean {
  return READS.has(method)
}

export interface Route {
  readonly methods: readonly string[]
  readonly url: string
  readonly config: FastifyContextConfig
}

/**
 * Refuses to serve anything while a route does not say who may call it.
 * @returns every route, once the app is ready
 */
export function requireAccess(app: FastifyInstance): () => readonly Route[] {
  const options: RouteOptions[] = []
  const routes = (): Route[] =>
    options.map(({ method, url, config }) => ({ methods: [method].flat(), url, config: config ?? {} }))
  app.addHook('onRoute', (route) => void options.push(route))
  // Not before: hooks of the plugin that a route stands in may still say it.
  app.addHook('onReady', async () => {
    const problems = routes().flatMap((route) => whyNotDeclared(route) ?? [])
    if (problems.length > 0) throw new Error(problems.join('\n'))
  })
  return routes
}

function whyNotDeclared({ methods, url, config }: Route): string | undefined {
  const { open, roles, audit, personal } = config
  const name = `${methods.join(',')} ${url}`
  if (open) return undefined
  if (!roles) {
    return (
      `Cannot serve ${name}: it does not say who may call it. Add to the route: ` +
      "config: { roles: ['operator'], … } (hub/http/access.ts has the fields), or { open: true } if whoever asks may; " +
      'then its line in docs/people.md: npm run -s routes.'
    )
  }
  if (methods.some((method) => !isRead(method)) && audit === undefined && personal === undefined) {
    return `Cannot serve ${name}: it changes something and does not say what the audit log has of it. Add to its config: audit: 'thing.act', or 'journal' where an alert's or home's history says it.`
  }
  return undefined
}
