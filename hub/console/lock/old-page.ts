/**
 * A browser keeps the page that one leaves, as it was, for its back button. Who presses that may be somebody else: the
 * page hides when it is left, and asks anew who is there when it comes back.
 */
export function refuseOldPage(): void {
  window.addEventListener('pagehide', ({ persisted }) => {
    if (persisted) document.documentElement.hidden = true
  })
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload()
  })
}
