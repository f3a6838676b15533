import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode, RefObject } from 'react'

interface DialogProps {
  readonly title: string
  readonly description?: string
  readonly children: ReactNode
  /** What Enter presses when it opens; else its first part. */
  readonly initialFocus?: RefObject<HTMLElement | null>
  onClose(): void
}

/** Asks something before anything is done. Put the buttons in an element with the class `buttons`. */
export function Dialog({ title, description, children, initialFocus, onClose }: DialogProps) {
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className="dialog" {...(initialFocus && { initialFocus })}>
          <Base.Title>{title}</Base.Title>
          {description !== undefined && <Base.Description className="muted">{description}</Base.Description>}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
