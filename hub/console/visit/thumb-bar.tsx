import type { ReactNode } from 'react'

/** What one does next, where the thumb is. */
export function ThumbBar({ children }: { readonly children: ReactNode }) {
  return <div className="thumb-bar">{children}</div>
}
