/** How a provider wants a message, with `{placeholders}` in every text. */
export interface RequestTemplate {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly basic?: { readonly username: string; readonly password: string }
  /** At most one of the three. */
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  readonly xml?: string
}

/** By the names in braces: `to`, `text`, `secret.key`. */
export type Values = Readonly<Record<string, string>>

/** The request that a template makes, each value encoded as its place wants it. */
export function buildRequest(template: RequestTemplate, values: Values): { url: string; init: RequestInit } {
  const { method, basic, json, form, xml } = template
  const plain = (text: string): string => fill(text, values, (value) => value)
  const headers = new Headers()
  for (const [name, value] of Object.entries(template.headers)) headers.set(name, plain(value))
  if (basic) {
    headers.set('authorization', `Basic ${btoa(latin1(`${basic.username}:${basic.password}`))}`)
  }
  let body: string | URLSearchParams | undefined
  if (json !== undefined) {
    body = JSON.stringify(fillAll(json, plain))
    if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  } else if (form) {
    body = new URLSearchParams(Object.entries(form).map(([name, value]) => [name, plain(value)]))
  } else if (xml !== undefined) {
    body = fill(xml, values, escapeXml)
    if (!headers.has('content-type')) headers.set('content-type', 'application/xml; charset=utf-8')
  }
  const url = fill(template.url, values, encodeURIComponent)
  return { url, init: { method, headers, redirect: 'manual', ...(body !== undefined && { body }) } }
}

function fill(text: string, values: Values, encode: (value: string) => string): string {
  return text.replace(/\{([\w.]+)\}/g, (whole, name: string) => {
    const value = values[name]
    return value === undefined ? whole : encode(value)
  })
}

function fillAll(json: unknown, plain: (text: string) => string): unknown {
  if (typeof json === 'string') return plain(json)
  if (Array.isArray(json)) return json.map((item) => fillAll(item, plain))
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, fillAll(value, plain)]))
}

function escapeXml(value: string): string {
  // What XML 1.0 has no way to write is left out [XML 1.0, 2.2].
  return value
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`)
}

/** UTF-8 as the bytes that `btoa` takes [RFC 7617, 2.1]. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}
