/** Where a URL leads, for people and logs: without a name and password in it, and without a `/` at its end. */
export function plainAddress(url: string | URL): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`
}
