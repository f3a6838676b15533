import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:https'
import type { SecureContextOptions } from 'node:tls'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import Fastify, { LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { alertRoutes } from './alert-routes.ts'
import { raiseRoutes } from './raise-routes.ts'
import { describeApi, serveDocs } from './docs.ts'
import { requireAccess } from './access.ts'
import type { Route } from './access.ts'
import { auditRoutes } from './audit-hook.ts'
import { auditLogRoutes } from './audit-routes.ts'
import { guardRoutes } from './guard.ts'
import { healthRoutes } from './health.ts'
import type { MetricsReaders } from './health.ts'
import { consentRoutes } from './consent-routes.ts'
import { handoverRoutes } from './handover-routes.ts'
import { holdRoutes } from './hold-routes.ts'
import { homeNoteRoutes } from './home-note-routes.ts'
import { homeFileRoutes } from './home-file-routes.ts'
import { homePastRoutes } from './home-past-routes.ts'
import { homeRoutes } from './home-routes.ts'
import { seenRoutes } from './seen-routes.ts'
import { indicatorRoutes } from './indicator-routes.ts'
import { limitRoutes } from './limit-routes.ts'
import { linkRoutes } from './links/link-routes.ts'
import { messageRoutes } from './message-routes.ts'
import { modeRoutes } from './mode-routes.ts'
import { followRoutes } from './follow-routes.ts'
import { liveRoutes } from './live.ts'
import type { Office } from './office.ts'
import { oidcRoutes } from './oidc-routes.ts'
import type { SignInProvider } from './people.ts'
import type { ShownRole } from '../model/way-in.ts'
import { servePages } from './pages.ts'
import { personRoutes } from './person-routes.ts'
import { phoneRoutes } from './phone-routes.ts'
import { gatewayCredentialRoutes } from './gateway-credential-routes.ts'
import { gatewayRoutes } from './gateway-routes.ts'
import { answerOnce } from './once.ts'
import { brokerRoutes } from './broker-routes.ts'
import type { BrokerAddress } from './broker-routes.ts'
import { registerRoutes } from './register-routes.ts'
import { protectionRoutes } from './protection-routes.ts'
import { serviceRoutes } from './service-routes.ts'
import { erasureRoutes } from './erasure-routes.ts'
import { residentCopyRoutes } from './resident-copy-routes.ts'
import { answerWithProblems, HttpError, sendProblem } from './problem.ts'
import { providerRoutes } from './provider-hooks.ts'
import type { ProviderHook } from './provider-hooks.ts'
import { ruleBookRoutes } from './rule-book-routes.ts'
import { ruleRoutes } from './rule-routes.ts'
import { sessionRoutes } from './sessions.ts'
import { shiftRoutes } from './shift-routes.ts'
import { staffRoutes } from './staff-routes.ts'
import { signInLinkRoutes } from './sign-in-links.ts'
import { systemRoutes } from './system-routes.ts'
import { tokenRoutes } from './token-routes.ts'
import { visitRoutes } from './visit-routes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route, with who may call it. */
    declaredRoutes: () => readonly Route[]
  }
}

export interface HttpOptions {
  readonly office: Office
  readonly version: string
  /** Where the built console lies; without it only the API answers. */
  readonly consoleDir?: string
  /** Whether messages go to the phone simulator. */
  readonly phone: boolean
  /** What providers of messages call. */
  readonly hooks?: readonly ProviderHook[]
  /** A call to a hook of this channel did not prove who makes it. */
  readonly onHookRefused?: (channel: string) => void
  /** Who may be shown over a link where a home is and how to get in; nobody when not given. */
  readonly shownTo?: readonly ShownRole[]
  /** For the admin socket: whoever can open it is trusted, and may say for whom he acts. */
  readonly trusted: boolean
  /** Somebody else who says who people are: an OpenID Connect provider. */
  readonly signInWith?: SignInProvider
  /** Where people open the console, for sign-in links. */
  readonly consoleUrl?: () => string
  /** Where gateways reach the hub; port 0 until it listens. */
  readonly broker?: () => BrokerAddress
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed; nobody's when not given. */
  readonly trustProxy?: readonly string[]
  /** Who may read `/metrics` without a token; `loopback` when not given. */
  readonly metrics?: MetricsReaders
  /** Over HTTPS: the certificate in force. It is changed on the server itself. */
  readonly tls?: SecureContextOptions
  readonly log?: FastifyBaseLogger
}

const REQUEST_TIMEOUT = 60_000

/** Puts the API and the pages together. It does not listen: whoever made it says where. */
export async function createHttpApp(options: HttpOptions): Promise<FastifyInstance> {
  const { office, trusted, phone, log, tls } = options
  const app = Fastify({
    ...(log ? { loggerInstance: log } : { logger: false }),
    // The addresses that providers call hold a token; what matters is logged where it happens.
    logController: new LogController({ disableRequestLogging: true }),
    // A page that keeps its connection open must not keep the hub from stopping.
    forceCloseConnections: true,
    // Before any route and hook: an address with %ff in it.
    frameworkErrors: (_error, _request, reply) =>
      void sendProblem(
        reply.header('x-content-type-options', 'nosniff'),
        400,
        'Cannot read the address of this request.',
      ),
    requestTimeout: REQUEST_TIMEOUT,
    ...(options.trustProxy && { trustProxy: [...options.trustProxy] }),
    ...(tls && { serverFactory: serveOver(tls) }),
    bodyLimit: 256 * 1024,
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  answerWithProblems(app, options.consoleDir !== undefined)

  await app.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives: CSP } })
  await app.register(cookie)
  // Where a route says so: what is long and holds nothing that a guess could be measured against.
  await app.register(compress, { global: false })
  app.decorate('declaredRoutes', requireAccess(app))
  keepOutOfCaches(app)
  guardRoutes(app, office, trusted)
  auditRoutes(app, office)
  answerOnce(app, office)
  await app.register(rateLimit, {
    global: false,
    ...(trusted && { allowList: () => true }),
    errorResponseBuilder: (_request, context) =>
      new HttpError(
        429,
        `Cannot try again yet: too many attempts from this address. Wait ${context.after}.`,
        { reason: 'address-waits' },
      ),
  })
  await describeApi(app, options.version)

  await app.register(healthRoutes, { office, metrics: options.metrics ?? 'loopback' })
  const provider = options.signInWith && { provider: options.signInWith }
  await app.register(sessionRoutes, { people: office.people, phone, ...provider })
  await app.register(oidcRoutes, { people: office.people, ...provider })
  if (trusted && options.consoleUrl) {
    await app.register(signInLinkRoutes, { people: office.people, consoleUrl: options.consoleUrl })
  }
  const { consoleUrl } = options
  await app.register(personRoutes, { people: office.people, ...(consoleUrl && { consoleUrl }) })
  await app.register(tokenRoutes, { people: office.people })
  await app.register(auditLogRoutes, { audit: office.audit })
  await app.register(alertRoutes, { trusted })
  await app.register(raiseRoutes, { trusted })
  await app.register(homeRoutes, { trusted, office })
  await app.register(homePastRoutes)
  await app.register(homeFileRoutes)
  await app.register(registerRoutes, { trusted })
  await app.register(serviceRoutes, { trusted })
  await app.register(erasureRoutes, { trusted })
  await app.register(residentCopyRoutes)
  await app.register(protectionRoutes)
  await app.register(gatewayRoutes, { trusted })
  await app.register(brokerRoutes, { address: options.broker ?? (() => ({ port: 0, tls: false })) })
  await app.register(gatewayCredentialRoutes)
  await app.register(homeNoteRoutes)
  await app.register(seenRoutes, { trusted })
  await app.register(visitRoutes, { trusted })
  await app.register(limitRoutes, { trusted })
  await app.register(modeRoutes, { trusted })
  await app.register(staffRoutes, { trusted, phone })
  await app.register(holdRoutes, { trusted })
  await app.register(consentRoutes, { trusted })
  await app.register(ruleRoutes)
  await app.register(ruleBookRoutes, { trusted })
  await app.register(systemRoutes)
  await app.register(indicatorRoutes)
  await app.register(shiftRoutes)
  await app.register(handoverRoutes)
  await app.register(liveRoutes, { office, trusted, phone })
  await app.register(followRoutes, { office, trusted })
  if (phone) await app.register(phoneRoutes)
  await app.register(messageRoutes, { trusted })
  if (!trusted) await app.register(linkRoutes, { office, shownTo: options.shownTo ?? [] })
  if (options.hooks) {
    await app.register(providerRoutes, {
      hooks: options.hooks,
      onRefused: options.onHookRefused ?? (() => {}),
    })
  }
  await serveDocs(app)
  if (options.consoleDir !== undefined) await servePages(app, options.consoleDir)
  return app
}

/** What somebody was shown must not come back with the back button, or for the next one at the same screen. */
function keepOutOfCaches(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) {
      reply.header('cache-control', 'no-store')
    }
  })
}

/** A server over TLS answers as one without: Fastify's types tell the two apart, its code does not. */
function serveOver(tls: SecureContextOptions) {
  return (handler: RequestListener): Server =>
    createServer({ ...tls, requestTimeout: REQUEST_TIMEOUT }, handler) as unknown as Server
}

/** Nothing but our own files; no inline script or style, no frames around us. */
const CSP = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
}
