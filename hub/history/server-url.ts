import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { plainAddress } from '../source/plain-address.ts'

/** A server of histories, and its sockets. */
export interface ServerUrl {
  readonly url: URL
  readonly isSecure: boolean
  /** For messages: without name and password. */
  readonly address: string
  readonly agent: HttpAgent | HttpsAgent
}

/** @throws TypeError when the URL is none, or of another scheme than http and https */
export function openServerUrl(text: string): ServerUrl {
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`Cannot use ${url.protocol}//… for InfluxDB: expected http:// or https://`)
  }
  const isSecure = url.protocol === 'https:'
  const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  return { url, isSecure, address: plainAddress(url), agent }
}
