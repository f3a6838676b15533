import { request } from 'node:http'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { adminSocket } from '../admin-socket.ts'
import { loadConfig } from '../config.ts'
import type { Config } from '../config.ts'
import { hasDatabase } from '../database/open-database.ts'
import { CommandError } from './command-error.ts'

/** A hub that works says in milliseconds that it lives. */
const LONGEST_SILENCE = 10_000
/** After that it may have much to do: an import of thousands of homes. */
const LONGEST_WORK = 60_000

/** The API of the hub of a data folder: of the one that runs, else opened for this command alone. */
export interface Api {
  /** Whether a hub runs: else what its gateways do is not known. */
  readonly isRunning: boolean
  /**
   * @returns the parsed JSON of the answer
   * @throws CommandError with the API's own words when it refuses
   */
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<unknown>
  /** The text of an answer that is no JSON. @throws CommandError */
  text(path: string): Promise<string>
  /** The lines of an answer that may be long, as they come. @throws CommandError */
  lines(path: string): AsyncIterable<string>
  close(): Promise<void>
}

export interface DataOptions {
  readonly data?: string
  readonly config?: string
}

/** The configuration with what the command line says over it. */
export async function configOf(options: DataOptions): Promise<Config> {
  const config = await loadConfig(options.config)
  return options.data === undefined ? config : { ...config, data: options.data }
}

/** Two writers must never disagree: while a hub runs, commands go through it. */
export async function openApi(options: DataOptions, mayCreate = false): Promise<Api> {
  const config = await configOf(options)
  const socketPath = adminSocket(config.data)
  if (await answers(socketPath)) {
    return {
      isRunning: true,
      call: async (method, path, body, headers) =>
        read(await send(socketPath, method, path, body, LONGEST_WORK, headers)),
      text: async (path) => textOf(await send(socketPath, 'GET', path, undefined)),
      lines: (path) => linesOf(() => open(socketPath, path)),
      close: async () => {},
    }
  }
  if (!mayCreate && !hasDatabase(config.data)) {
    throw new CommandError(`Cannot find a hub's data in ${config.data}. Name its folder with --data DIR.`)
  }
  // Loaded when they are needed: no other command waits for a server's libraries.
  const [{ startHub }, { pino }] = await Promise.all([import('../hub.ts'), import('pino')])
  const log = pino({ level: 'error' }, pino.destination(2))
  const hub = await startHub({ config, log, offline: true, onFailure: () => {} })
  return {
    isRunning: false,
    async call(method, path, body, headers) {
      const answer = await hub.admin.inject({
        method,
        url: path,
        headers: { 'x-aal': '1', ...headers },
        ...(body !== undefined && { payload: body as object }),
      })
      return read({ status: answer.statusCode, text: answer.body })
    },
    async text(path) {
      const answer = await hub.admin.inject({ method: 'GET', url: path })
      return textOf({ status: answer.statusCode, text: answer.body })
    },
    lines: (path) =>
      linesOf(async () => {
        const answer = await hub.admin.inject({ method: 'GET', url: path, payloadAsStream: true })
        return { status: answer.statusCode, body: answer.stream() }
      }),
    close: () => hub.stop(),
  }
}

/** Opens the API, runs a command on it, and closes it whatever happens. */
export async function withApi<T>(
  options: DataOptions,
  run: (api: Api) => Promise<T>,
  mayCreate = false,
): Promise<T> {
  const api = await openApi(options, mayCreate)
  try {
    return await run(api)
  } finally {
    await api.close()
  }
}

/** What a running hub answers, or that there is none; never opens the data folder. */
export async function askRunning(
  socketPath: string,
  path: string,
): Promise<
  | { readonly state: 'answered'; readonly answer: unknown }
  | { readonly state: 'none' }
  | { readonly state: 'stuck'; readonly reason: string }
> {
  try {
    if (!(await answers(socketPath))) return { state: 'none' }
    return { state: 'answered', answer: read(await send(socketPath, 'GET', path)) }
  } catch (cause) {
    return { state: 'stuck', reason: (cause as Error).message }
  }
}

interface Answer {
  readonly status: number
  readonly text: string
}

function read({ status, text }: Answer): unknown {
  const json: unknown = text === '' ? undefined : JSON.parse(text)
  if (status < 400) return json
  const { detail, title, problems } = json as {
    detail?: string
    title?: string
    problems?: { file?: string; line?: number; column?: number; pointer?: string; message: string }[]
  }
  // Of fields the sentence says it all.
  const places = (problems ?? [])
    .filter(({ file }) => file !== undefined)
    .map((one) => `  ${one.file}:${one.line}:${one.column}: ${one.message}`)
  throw new CommandError([detail ?? title ?? `The hub answered ${status}`, ...places].join('\n'))
}

function textOf(answer: Answer): string {
  if (answer.status >= 400) read(answer)
  return answer.text
}

async function* linesOf(
  ask: () => Promise<{ readonly status: number; readonly body: Readable }>,
): AsyncGenerator<string> {
  const { status, body } = await ask()
  if (status >= 400) read({ status, text: await text(body) })
  for await (const line of createInterface({ input: body, crlfDelay: Infinity })) yield line
}

/** Its beginning has to come in time; a line that does not, ends it. */
function open(socketPath: string, path: string): Promise<{ status: number; body: Readable }> {
  return new Promise((fulfil, reject) => {
    const outgoing = request({ socketPath, method: 'GET', path, headers: { 'x-aal': '1' } }, (incoming) =>
      fulfil({ status: incoming.statusCode ?? 500, body: incoming }),
    )
    outgoing.setTimeout(LONGEST_WORK, () => outgoing.destroy(stuck(socketPath, 'GET', LONGEST_WORK)))
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** @throws CommandError when a hub is there and says nothing: two writers must never disagree */
async function answers(socketPath: string): Promise<boolean> {
  try {
    return (await send(socketPath, 'GET', '/healthz', undefined, LONGEST_SILENCE)).status < 500
  } catch (error) {
    if (error instanceof CommandError) throw error
    return false
  }
}

function send(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
  wait = LONGEST_WORK,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((fulfil, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    const fail = (error: Error): void => reject(isTimeout(error) ? stuck(socketPath, method, wait) : error)
    const outgoing = request(
      {
        socketPath,
        signal: AbortSignal.timeout(wait),
        method,
        path,
        headers: {
          'x-aal': '1',
          ...headers,
          ...(payload !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(payload),
          }),
        },
      },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (part: string) => (text += part))
        incoming.on('end', () => fulfil({ status: incoming.statusCode ?? 500, text }))
        incoming.on('error', fail)
      },
    )
    outgoing.on('error', fail)
    outgoing.end(payload)
  })
}

function isTimeout(error: Error): boolean {
  return error.name === 'AbortError' || error.name === 'TimeoutError'
}

function stuck(socketPath: string, method: string, wait: number): CommandError {
  const unsure = method === 'GET' ? '' : ' Whether it did what was asked is not known.'
  return new CommandError(
    `The hub that listens on ${socketPath} has not answered for ${wait / 1000} s.${unsure} See what it is doing, or start it again.`,
  )
}
