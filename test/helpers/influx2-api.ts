import { gunzipSync } from 'node:zlib'
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { listen } from './listen.ts'

/** What it answers to a write; undefined: 204, as InfluxDB does when all is written. */
export interface WriteAnswer {
  readonly status: number
  readonly body?: object | string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Influx2Api {
  readonly url: string
  readonly token: string
  readonly org: string
  readonly buckets: Map<string, Bucket>
  readonly tasks: Map<string, Task>
  readonly mappings: Mapping[]
  /** Each call that changed something: `POST /api/v2/buckets`. */
  readonly changes: string[]
  /** The lines of each write that was answered with 204. */
  readonly written: string[][]
  /** Headers of the writes, the refused ones too. */
  readonly headers: IncomingMessage['headers'][]
  /** Says what a write is answered with. */
  answer: (lines: readonly string[]) => WriteAnswer | undefined
  /** The queries of Flux. */
  readonly fluxes: string[]
  /** Buckets in which a query of Flux finds something. */
  readonly withPoints: Set<string>
  /** Says what a query of InfluxQL is answered with. */
  select: (query: URLSearchParams) => object
  stop(): Promise<void>
}

interface Bucket {
  readonly id: string
  readonly orgID: string
  readonly name: string
  retentionRules: { type: string; everySeconds: number; shardGroupDurationSeconds?: number | undefined }[]
}

interface Task {
  readonly id: string
  readonly orgID: string
  readonly name: string
  flux: string
  readonly status: string
}

interface Mapping {
  readonly id: string
  readonly orgID: string
  readonly bucketID: string
  readonly database: string
  readonly retention_policy: string
  default: boolean
  readonly virtual?: boolean
}

const id = z.string().regex(/^[0-9a-f]{16}$/)
const rules = z.array(
  z.strictObject({
    type: z.literal('expire'),
    everySeconds: z.int().min(0),
    shardGroupDurationSeconds: z.int().optional(),
  }),
)
const bucketBody = z.strictObject({
  orgID: id,
  name: z.string().min(1),
  description: z.string().optional(),
  retentionRules: rules.default([]),
})
const taskBody = z.strictObject({
  orgID: id,
  flux: z.string().min(1),
  description: z.string().optional(),
  status: z.enum(['active', 'inactive']).default('active'),
})
const mappingBody = z.strictObject({
  orgID: id,
  bucketID: id,
  database: z.string().min(1),
  retention_policy: z.string().min(1),
  default: z.boolean().default(false),
})

const TOKEN = 'a-token-for-tests=='

class Problem extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/**
 * A server on loopback that answers as the documented API of InfluxDB OSS 2 does (paths, methods, fields that must be
 * there, refusals), as far as the hub asks it. It keeps no points and runs no task: it is no InfluxDB.
 * https://docs.influxdata.com/influxdb/v2/api/
 */
export async function startInflux2Api({ org = 'care' } = {}): Promise<Influx2Api> {
  const orgID = '0000000000000001'
  let ids = 1
  const nextId = (): string => (++ids).toString(16).padStart(16, '0')
  const state: Omit<Influx2Api, 'url' | 'stop'> = {
    token: TOKEN,
    org,
    buckets: new Map(),
    tasks: new Map(),
    mappings: [],
    changes: [],
    written: [],
    headers: [],
    answer: () => undefined,
    fluxes: [],
    withPoints: new Set(),
    select: () => ({ results: [{ statement_id: 0 }] }),
  }
  const parse = <T>(schema: z.ZodType<T>, body: unknown): T => {
    const parsed = schema.safeParse(body)
    if (parsed.success) return parsed.data
    throw new Problem(400, 'invalid', z.prettifyError(parsed.error))
  }
  const needOrg = (query: URLSearchParams): void => {
    if (query.get('org') === org || query.get('orgID') === orgID) return
    throw new Problem(404, 'not found', `organization name "${query.get('org')}" not found`)
  }

  type Handler = (query: URLSearchParams, body: unknown, id: string) => { status: number; body: unknown }
  const routes: Record<string, Handler> = {
    'GET /api/v2/orgs': (query) => {
      const asked = query.get('org')
      if (asked !== null && asked !== org)
        throw new Problem(404, 'not found', `organization name "${asked}" not found`)
      return { status: 200, body: { orgs: [{ id: orgID, name: org }] } }
    },
    'GET /api/v2/buckets': (query) => {
      needOrg(query)
      const name = query.get('name')
      return {
        status: 200,
        body: { buckets: [...state.buckets.values()].filter((one) => name === null || one.name === name) },
      }
    },
    'POST /api/v2/buckets': (_query, body) => {
      const { description: _, ...given } = parse(bucketBody, body)
      if (state.buckets.has(given.name))
        throw new Problem(422, 'conflict', `bucket with name ${given.name} already exists`)
      const made = { id: nextId(), ...given }
      state.buckets.set(made.name, made)
      return { status: 201, body: { ...made, type: 'user' } }
    },
    'PATCH /api/v2/buckets/:id': (_query, body, of) => {
      const bucket = [...state.buckets.values()].find((one) => one.id === of)
      if (!bucket) throw new Problem(404, 'not found', 'bucket not found')
      bucket.retentionRules = parse(z.strictObject({ retentionRules: rules }), body).retentionRules
      return { status: 200, body: bucket }
    },
    'GET /api/v2/tasks': (query) => {
      needOrg(query)
      const name = query.get('name')
      return {
        status: 200,
        body: { tasks: [...state.tasks.values()].filter((one) => name === null || one.name === name) },
      }
    },
    'POST /api/v2/tasks': (_query, body) => {
      const { description: _, ...given } = parse(taskBody, body)
      // Its name is what its text says.
      const name = /option task = \{name: "([^"]+)", every: 1h/.exec(given.flux)?.[1]
      if (name === undefined)
        throw new Problem(400, 'invalid', 'failed to create task: no task options defined')
      const made = { id: nextId(), name, ...given }
      state.tasks.set(made.id, made)
      return { status: 201, body: made }
    },
    'PATCH /api/v2/tasks/:id': (_query, body, of) => {
      const task = state.tasks.get(of)
      if (!task) throw new Problem(404, 'not found', 'failed to find task')
      task.flux = parse(z.strictObject({ flux: z.string().min(1) }), body).flux
      return { status: 200, body: task }
    },
    'GET /api/v2/dbrps': (query) => {
      needOrg(query)
      const db = query.get('db')
      return {
        status: 200,
        body: { content: state.mappings.filter((one) => db === null || one.database === db) },
      }
    },
    'POST /api/v2/dbrps': (_query, body) => {
      const made = { id: nextId(), ...parse(mappingBody, body) }
      state.mappings.push(made)
      return { status: 201, body: made }
    },
    'PATCH /api/v2/dbrps/:id': (query, body, of) => {
      needOrg(query)
      const mapping = state.mappings.find((one) => one.id === of)
      if (!mapping) throw new Problem(404, 'not found', 'dbrp not found')
      mapping.default = parse(z.strictObject({ default: z.boolean() }), body).default
      return { status: 200, body: mapping }
    },
    'POST /api/v2/query': (query, body) => {
      needOrg(query)
      const flux = parse(z.object({ query: z.string(), type: z.literal('flux') }), body).query
      state.fluxes.push(flux)
      const bucket = /from\(bucket: "([^"]+)"\)\s+\|> range\(start: /.exec(flux)?.[1] ?? ''
      if (!state.buckets.has(bucket)) throw new Problem(404, 'not found', `could not find bucket "${bucket}"`)
      const found = state.withPoints.has(bucket)
      return { status: 200, body: found ? ',result,table,_value\r\n,_result,0,1\r\n\r\n' : '' }
    },
    'GET /query': (query) => ({ status: 200, body: state.select(query) }),
  }

  async function answer(request: IncomingMessage): Promise<WriteAnswer & { body?: unknown }> {
    const url = new URL(request.url ?? '/', 'http://influxdb')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks)
    if (url.pathname === '/health')
      return {
        status: 200,
        body: {
          name: 'influxdb',
          message: 'ready for queries and writes',
          status: 'pass',
          version: 'v2.7.11',
        },
      }
    if (request.headers.authorization !== `Token ${TOKEN}`)
      throw new Problem(401, 'unauthorized', 'unauthorized access')
    const [, of = ''] = /^\/api\/v2\/\w+\/(\w+)$/.exec(url.pathname) ?? []
    const route = `${request.method} ${of === '' ? url.pathname : url.pathname.replace(of, ':id')}`
    if (route === 'POST /api/v2/write') return write(request, url.searchParams, raw)
    const handler = routes[route]
    if (!handler) throw new Problem(404, 'not found', 'path not found')
    const body: unknown = raw.length === 0 ? undefined : JSON.parse(raw.toString('utf8'))
    const answered = handler(url.searchParams, body, of)
    if (request.method !== 'GET' && route !== 'POST /api/v2/query')
      state.changes.push(`${request.method} ${url.pathname.replace(of, ':id')}`)
    return answered as WriteAnswer
  }

  function write(request: IncomingMessage, query: URLSearchParams, raw: Buffer): WriteAnswer {
    state.headers.push(request.headers)
    if (query.get('precision') !== 'ns') throw new Problem(400, 'invalid', 'expected nanoseconds')
    needOrg(query)
    const bucket = query.get('bucket') ?? ''
    if (!state.buckets.has(bucket)) throw new Problem(404, 'not found', `bucket "${bucket}" not found`)
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
    const lines = text.toString('utf8').split('\n')
    const said = state.answer(lines)
    if (said) return said
    state.written.push(lines)
    return { status: 204 }
  }

  const server = await listen((request, response) => {
    answer(request)
      .catch((error: unknown): WriteAnswer => {
        if (!(error instanceof Problem)) return { status: 500, body: String(error) }
        return { status: error.status, body: { code: error.code, message: error.message } }
      })
      .then(({ status, body, headers }) => {
        response.writeHead(status, {
          ...(typeof body === 'object' && { 'content-type': 'application/json; charset=utf-8' }),
          'x-influxdb-version': 'v2.7.11',
          ...headers,
        })
        response.end(typeof body === 'object' ? JSON.stringify(body) : body)
      })
      .catch(() => response.destroy())
  })
  // The same object: tests change what it answers.
  return Object.assign(state, { url: server.url, stop: server.stop })
}
