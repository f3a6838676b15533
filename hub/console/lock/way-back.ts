const KEPT = 'aal.way-back'
/** As long as the hub waits for somebody who is at the provider, ms. */
const KEPT_FOR = 10 * 60_000

/** Before somebody leaves for their organisation's sign-in: it leads back to the board. */
export function keepWayBack(): void {
  const page = location.pathname === '/sign-in' ? '/' : location.pathname + location.search + location.hash
  sessionStorage.setItem(KEPT, JSON.stringify({ page, at: Date.now() }))
}

/** Shows the page on which they were. Once. */
export function goWayBack(): void {
  if (location.pathname !== '/') return
  const kept = sessionStorage.getItem(KEPT)
  sessionStorage.removeItem(KEPT)
  if (kept === null) return
  try {
    const { page, at } = JSON.parse(kept) as { page: string; at: number }
    // Of this hub: two strokes would be another host.
    if (Date.now() - at < KEPT_FOR && /^\/(?!\/)/.test(page)) history.replaceState(null, '', page)
  } catch {
    // Not of ours: the board is shown.
  }
}
