import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { loadConfig } from '../../hub/config.ts'
import { startHub } from '../../hub/hub.ts'
import type { RunningHub } from '../../hub/hub.ts'
import { createHttpApp } from '../../hub/http/app.ts'
import type { HttpOptions } from '../../hub/http/app.ts'
import type { Areas, Role } from '../../hub/model/person.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** A real hub without listeners, and what it answers on the network. */
export interface RegisterHub {
  readonly hub: RunningHub
  readonly app: FastifyInstance
  /** Signs somebody in. */
  person(id: string, roles: readonly Role[], areas?: Areas): Call
  stop(): Promise<void>
}

export interface Answer {
  readonly status: number
  /** What a test looks into as it likes. */
  readonly json: ReturnType<typeof JSON.parse>
  readonly headers: Readonly<Record<string, unknown>>
}

export type Call = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  body?: object,
  headers?: Record<string, string>,
) => Promise<Answer>

export async function registerHub(options: Partial<HttpOptions> = {}): Promise<RegisterHub> {
  const config = { ...(await loadConfig(undefined)), data: join(tempDir('register'), 'data') }
  const log = pino({ level: 'silent' })
  const hub = await startHub({ config, log, offline: true, onFailure: () => {} })
  const { office } = hub
  office.people.add({ id: 'first', roles: ['admin'], areas: 'all' })
  const app = await createHttpApp({ office, version: '0', phone: true, trusted: false, ...options })
  return {
    hub,
    app,
    person(id, roles, areas = 'all') {
      if (!office.people.find(id)) office.people.add({ id, roles, areas })
      const session = office.people.signIn(office.people.createSignInToken(id))?.session
      return async (method, url, body, headers = {}) => {
        const answer = await app.inject({
          method,
          url,
          headers: { cookie: `aal_session=${session}`, 'x-aal': '1', ...headers },
          ...(body && { payload: body }),
        })
        const text = answer.body
        return {
          status: answer.statusCode,
          json: text === '' ? undefined : JSON.parse(text),
          headers: answer.headers,
        }
      }
    },
    async stop() {
      await app.close()
      await hub.stop()
    },
  }
}
