import type { ReactNode } from 'react'
import { useContact } from '../hub-state.tsx'

/** What a page is about, below its header. While the hub is not heard, nothing in it can be used. */
export function Main({ children, className }: { readonly children: ReactNode; readonly className?: string }) {
  const { cutOffSince } = useContact()
  return (
    <main id="main" tabIndex={-1} className={className} inert={cutOffSince !== undefined}>
      {children}
    </main>
  )
}
