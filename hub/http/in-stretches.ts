import { setImmediate } from 'node:timers/promises'

/** The thread answers MQTT too: so long it works on one answer at a stretch, ms. */
const STRETCH = 3

/** As `map`, in short stretches: what came meanwhile is taken between them. What `make` looks at may change. */
export async function inStretches<T, U>(items: Iterable<T>, make: (one: T) => U): Promise<U[]> {
  const made: U[] = []
  let since = performance.now()
  for (const one of items) {
    made.push(make(one))
    if (performance.now() - since < STRETCH) continue
    await setImmediate()
    since = performance.now()
  }
  return made
}
