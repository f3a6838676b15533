import { hookUrl } from '../channel-hook.ts'
import type { Channel, SendResult } from '../channel.ts'
import { NOT_E164, isE164 } from '../phone-number.ts'
import { buildRequest } from './http-request.ts'
import type { RequestTemplate } from './http-request.ts'
import { readText, unreachable } from './provider-answer.ts'
import { receive, selectText } from './select-field.ts'

/** What an answer can be like; what is not given is not looked at. */
export interface AnswerCondition {
  readonly status?: readonly number[]
  /** Which field `matches` is about; the whole text when not given. */
  readonly at?: string
  readonly matches?: string
}

export interface HttpGatewayOptions {
  readonly name: string
  readonly request: RequestTemplate
  /** For `{secret.NAME}`. */
  readonly secrets: Readonly<Record<string, string>>
  /** Any 2xx when it has no status. */
  readonly success: AnswerCondition
  /** Answers after which the same message will never go this way. */
  readonly never: readonly AnswerCondition[]
  readonly reference?: { readonly at?: string; readonly matches?: string }
  readonly check?: { readonly url: string; readonly status?: readonly number[] }
  /** Where the provider tells what became of a message, for `{delivery}`. */
  readonly callback?: { readonly url: string; readonly token: string }
}

const ANSWER_LIMIT = 20_000

/** Sends by any provider that takes an HTTP request: the configuration says what it is like. */
export function createHttpGateway(options: HttpGatewayOptions): Channel {
  const { name, request, callback, check } = options
  const host = hostOf(request.url)
  const secrets = Object.fromEntries(
    Object.entries(options.secrets).map(([key, value]) => [`secret.${key}`, value]),
  )

  return {
    name,
    kind: 'sms',
    reports: callback !== undefined,
    async send({ id, to, text }, signal) {
      if (!isE164(to)) {
        return { ok: false, retry: false, error: NOT_E164 }
      }
      const delivery = callback && deliveryUrl(callback, name, id)
      const values = { ...secrets, to, digits: to.slice(1), text, id, delivery: delivery ?? '' }
      try {
        const { url, init } = buildRequest(request, values)
        const response = await fetch(url, { ...init, signal })
        return readHttpAnswer(response.status, await readText(response, ANSWER_LIMIT), host, options)
      } catch (cause) {
        return { ok: false, retry: true, error: unreachable(host, cause, signal) }
      }
    },
    async check(signal) {
      const asked = check?.url ?? new URL(request.url.replace(/\{[^}]*\}/g, 'x')).origin
      try {
        const response = await fetch(asked, { signal, redirect: 'manual' })
        await response.body?.cancel()
        const isGood = check?.status ? check.status.includes(response.status) : response.status < 500
        return isGood ? { ok: true } : { ok: false, error: `${host} answers ${response.status}` }
      } catch (cause) {
        return { ok: false, error: unreachable(host, cause, signal) }
      }
    },
  }
}

/** What an answer means. No words of the provider's are shown: they may repeat the number and the text. */
export function readHttpAnswer(
  status: number,
  text: string,
  host: string,
  { success, never, reference }: Pick<HttpGatewayOptions, 'success' | 'never' | 'reference'>,
): SendResult {
  const isOk = success.status ? success.status.includes(status) : status >= 200 && status < 300
  if (isOk && isLike(text, success)) {
    const id = reference && referenceIn(text, reference)
    return id === undefined ? { ok: true, to: 'accepted' } : { ok: true, to: 'accepted', reference: id }
  }
  for (const condition of never) {
    if ((condition.status?.includes(status) ?? true) && isLike(text, condition)) {
      return { ok: false, retry: false, error: `${host} will never take this message: ${status}` }
    }
  }
  const hint = status === 401 || status === 403 ? ': check the configuration' : ''
  return { ok: false, retry: true, error: `${host} did not take it: ${status}${hint}` }
}

function isLike(text: string, { at, matches }: AnswerCondition): boolean {
  const found = at === undefined ? text : selectText(receive(text), at)
  if (found === undefined) return false
  return matches === undefined || new RegExp(matches, 'u').test(found)
}

function referenceIn(text: string, { at, matches }: { at?: string; matches?: string }): string | undefined {
  const found = at === undefined ? text : selectText(receive(text), at)
  if (found === undefined || matches === undefined) return found?.slice(0, 100)
  const [whole, group] = new RegExp(matches, 'u').exec(found) ?? []
  return (group ?? whole)?.slice(0, 100)
}

function deliveryUrl({ url, token }: { url: string; token: string }, name: string, id: string): string {
  const query = new URLSearchParams({ id, token })
  return `${hookUrl(url, name, 'delivery')}?${query}`
}

/** Where a template goes; never the rest of the address, which may hold a secret. */
function hostOf(template: string): string {
  return new URL(template.replace(/\{[^}]*\}/g, 'x')).host
}
