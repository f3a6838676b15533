const MOST = 5

/** Where two JSON values differ, at most five places: `$.panels[2].title`. */
export function firstDifferences(expected: unknown, found: unknown, most = MOST): readonly string[] {
  const places: string[] = []
  compare('$', expected, found)
  return places

  function compare(path: string, a: unknown, b: unknown): void {
    if (places.length >= most || Object.is(a, b)) return
    if (!isBranch(a) || !isBranch(b) || Array.isArray(a) !== Array.isArray(b)) {
      places.push(path)
      return
    }
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const own = Array.isArray(a) ? `${path}[${key}]` : `${path}.${key}`
      if (Object.hasOwn(a, key) && Object.hasOwn(b, key)) compare(own, a[key], b[key])
      else if (places.length < most) places.push(own)
    }
  }
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
