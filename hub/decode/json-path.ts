export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value under a path of own keys, and of places in lists: `constructor` and the like are no part of a payload. */
export function valueAt(json: unknown, path: readonly string[]): unknown {
  let value = json
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    // The length of a list is its own, but nothing that the device said.
    if (Array.isArray(value) && !/^\d+$/.test(key)) return undefined
    value = (value as JsonObject)[key]
  }
  return value
}

/** How people write a path: `params.smoke:0.alarm`; the whole of a payload is `payload`. */
export function showPath(path: readonly string[]): string {
  return path.length === 0 ? 'payload' : path.join('.')
}
