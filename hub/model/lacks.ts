import type { Way } from './notification.ts'

/** The ways by which somebody with this phone number and e-mail address cannot be told. */
export function lacksOf({
  phone,
  email,
}: {
  readonly phone?: string | undefined
  readonly email?: string | undefined
}): { readonly lacks?: readonly Way[] } {
  const lacks: readonly Way[] = [
    ...(phone === undefined ? (['sms'] as const) : []),
    ...(email === undefined ? (['email'] as const) : []),
  ]
  return lacks.length > 0 ? { lacks } : {}
}

/** Those of the ways for which there is an address, or of which nothing is known: a webhook knows everybody. */
export function waysTo(
  one: { readonly lacks?: readonly Way[] } | undefined,
  ways: readonly Way[],
): readonly Way[] {
  return ways.filter((way) => one?.lacks?.includes(way) !== true)
}
