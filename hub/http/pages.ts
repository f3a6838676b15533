import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { sendProblem } from './problem.ts'

/** The addresses of the console; the page itself finds out which it is. */
const PAGES = [
  '/',
  '/sign-in',
  '/phone',
  '/homes',
  '/homes/:id',
  '/homes/:id/certificates/:certificate',
  '/visit',
  '/visit/:home',
  '/shift',
  '/rules',
  '/rules/try',
  '/rules/rule/:rule',
  '/system',
  '/alerts/:id',
  '/people',
  '/people/programs',
  '/people/log',
]

/** Serves the built console. Open: the pages hold no data, and one of them is for signing in. */
export async function servePages(app: FastifyInstance, consoleDir: string): Promise<void> {
  if (!existsSync(join(consoleDir, 'index.html'))) {
    for (const page of PAGES) {
      app.get(page, { config: { open: true }, schema: { hide: true } }, (_request, reply) =>
        sendProblem(
          reply,
          503,
          'Cannot show the console: it is not built. Run "npm run prepare" and start again.',
        ),
      )
    }
    return
  }
  await app.register(async (pages) => {
    pages.addHook('onRoute', (route) => {
      route.config = { ...route.config, open: true }
      route.schema = { ...route.schema, hide: true }
    })
    await pages.register(fastifyStatic, {
      root: join(consoleDir, 'assets'),
      prefix: '/assets/',
      // Their names carry a hash of what is in them.
      immutable: true,
      maxAge: '365d',
      index: false,
      // Made with them: compressing them again for each reader would take time from the stream.
      preCompressed: true,
    })
    for (const page of PAGES) {
      pages.get(page, (_request, reply) =>
        reply.sendFile('index.html', consoleDir, { cacheControl: false, immutable: false, maxAge: 0 }),
      )
    }
  })
}
