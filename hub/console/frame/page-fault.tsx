import { Component } from 'react'
import type { ReactNode } from 'react'
import { Fault } from '../parts/fault.tsx'
import { Main } from '../parts/main.tsx'

/** Catches a page that fails, or whose file is gone because the hub was updated: the rest of the frame goes on. */
export class PageFault extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true }
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    return (
      <Main>
        <Fault fault={undefined} onAgain={() => location.reload()} />
      </Main>
    )
  }
}
