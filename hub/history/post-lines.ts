import { Buffer } from 'node:buffer'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'

const compressed = promisify(gzip)
/** Smaller bodies fit in a packet or two anyway. */
const WORTH_GZIP = 4096
/** Three times as fast as the usual level, and a tenth of the text is left all the same. */
const LEVEL = constants.Z_BEST_SPEED

/** The server said no; `message` is the body of its answer. */
export class RefusedPost extends Error {
  readonly res: IncomingMessage

  constructor(body: string, res: IncomingMessage) {
    super(body)
    this.name = 'RefusedPost'
    this.res = res
  }
}

/**
 * Posts line protocol. Beside the package `influx`, whose writing takes points only and makes its own text of them.
 * @param gzips only worth it on a network: on the same machine it takes longer than it saves
 * @throws RefusedPost, or the error of the network
 */
export async function postLines(
  to: RequestOptions & { readonly protocol: string },
  lines: string,
  gzips: boolean,
): Promise<void> {
  const text = Buffer.from(lines)
  const isSmaller = gzips && text.length >= WORTH_GZIP
  const body = isSmaller ? await compressed(text, { level: LEVEL }) : text
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': body.length,
    ...(isSmaller && { 'content-encoding': 'gzip' }),
  }
  await new Promise<void>((resolve, reject) => {
    const send = to.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = send({ ...to, method: 'POST', headers }, (incoming) => {
      let answer = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (part: string) => (answer += part))
      incoming.on('error', reject)
      incoming.on('end', () => {
        if ((incoming.statusCode ?? 500) < 300) resolve()
        else reject(new RefusedPost(answer, incoming))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Whether a host is this machine: what goes there passes no network. */
export function isHere(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host)
}
