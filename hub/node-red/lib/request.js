import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** A hub that has said nothing for so long is not there. Streams are told something every few seconds. */
const SILENT_MS = 20_000
const MOST_ANSWER = 16 * 1024 * 1024

/**
 * @typedef {object} HubAddress
 * @property {URL} url of the hub, without a path of the API
 * @property {string} token `aal_…`
 * @property {import('node:https').RequestOptions} tls what to trust, for https
 */

/** The hub answered, and refused. */
export class RefusedError extends Error {
  /**
   * @param {number} status of the answer
   * @param {string} detail what the hub said, a sentence for people
   * @param {string} [reason] the same for programs, where the hub gives it
   */
  constructor(status, detail, reason) {
    super(detail)
    this.name = 'RefusedError'
    this.status = status
    this.reason = reason
  }
}

/**
 * Asks a hub, and waits for the head of its answer.
 * @param {HubAddress} hub
 * @param {string} method
 * @param {string} path of the API: `/api/alerts`
 * @param {{ body?: unknown, headers?: Record<string, string>, signal?: AbortSignal, silentMs?: number }} [more]
 * @returns {Promise<import('node:http').IncomingMessage>} an answer with a status below 300
 * @throws {RefusedError} when the hub refuses
 * @throws {Error} when it cannot be reached
 */
export async function openAnswer(
  { url, token, tls },
  method,
  path,
  { body, headers, signal, silentMs = SILENT_MS } = {},
) {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const address = new URL(url.pathname.replace(/\/+$/, '') + path, url)
  const options = {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      ...(payload !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(payload)),
      }),
      ...headers,
    },
    ...(signal && { signal }),
  }
  /** @type {import('node:http').IncomingMessage} */
  const answer = await new Promise((fulfil, reject) => {
    const outgoing =
      address.protocol === 'https:'
        ? requestHttps(address, { ...tls, ...options })
        : requestHttp(address, options)
    outgoing.setTimeout(silentMs, () => {
      const silent = new Error(`it has said nothing for ${silentMs / 1000} s`)
      incoming?.destroy(silent)
      outgoing.destroy(silent)
    })
    /** @type {import('node:http').IncomingMessage | undefined} */
    let incoming
    outgoing.on('error', reject)
    outgoing.on('response', (head) => {
      incoming = head
      fulfil(head)
    })
    outgoing.end(payload)
  })
  const { statusCode: status = 500 } = answer
  if (status < 300) return answer
  const { detail = `it answered ${status}`, reason } = problemOf(await readAll(answer))
  throw new RefusedError(status, detail, reason)
}

/**
 * Asks a hub, and reads its answer.
 * @param {HubAddress} hub
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<unknown>}
 * @throws {Error} as {@link openAnswer}
 */
export async function ask(hub, method, path, body) {
  const text = await readAll(await openAnswer(hub, method, path, { body }))
  return text === '' ? undefined : JSON.parse(text)
}

/** @param {import('node:http').IncomingMessage} answer */
async function readAll(answer) {
  let text = ''
  answer.setEncoding('utf8')
  for await (const piece of answer) {
    text += piece
    if (text.length > MOST_ANSWER) throw new Error('its answer is too long')
  }
  return text
}

/**
 * What a problem document [RFC 9457] says; nothing when it is none: a proxy may have answered.
 * @param {string} text
 * @returns {{ detail?: string, reason?: string }}
 */
function problemOf(text) {
  try {
    /** @type {unknown} */
    const problem = JSON.parse(text)
    if (typeof problem !== 'object' || problem === null) return {}
    const { detail, reason } = /** @type {Record<string, unknown>} */ (problem)
    return {
      ...(typeof detail === 'string' && { detail }),
      ...(typeof reason === 'string' && { reason }),
    }
  } catch {
    return {}
  }
}
