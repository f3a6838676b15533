const KEPT = 'aal.session-changed'

/** Tells the other tabs of this browser that the session is not as it was: they ask the hub. */
export function tellTabs(): void {
  localStorage.setItem(KEPT, String(Date.now()))
}

/** Calls when another tab told so, until the returned function is called. */
export function listenToTabs(changed: () => void): () => void {
  const listen = ({ key }: StorageEvent) => {
    if (key === KEPT) changed()
  }
  window.addEventListener('storage', listen)
  return () => window.removeEventListener('storage', listen)
}
