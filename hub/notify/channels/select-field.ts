/** What a provider sent: JSON where it is that, else the fields of a form, and the query. */
export interface Received {
  readonly json: unknown
  readonly fields: Readonly<Record<string, string>>
}

/** Reads what came. What is in the query, the hub itself put there: it goes before a form's field of that name. */
export function receive(body: string, query: Readonly<Record<string, string>> = {}): Received {
  const json = parseJson(body)
  if (json !== undefined) return { json, fields: query }
  return { json: undefined, fields: { ...Object.fromEntries(new URLSearchParams(body)), ...query } }
}

/**
 * The text of one field.
 * @param selector a JSON pointer [RFC 6901], or the name of a field of the query or form
 */
export function selectText({ json, fields }: Received, selector: string): string | undefined {
  if (!selector.startsWith('/')) return fields[selector]
  const value = selectValue(json, selector)
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** The value under a JSON pointer; the whole for an empty one, undefined where nothing is. */
export function selectValue(json: unknown, pointer: string): unknown {
  let value = json
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return value
}

/** Each of several things that one call brings, or the whole as the only one. */
export function selectList(received: Received, list: string | undefined): readonly Received[] {
  if (list === undefined) return [received]
  const items = selectValue(received.json, list)
  return Array.isArray(items) ? items.map((json: unknown) => ({ json, fields: received.fields })) : []
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
