import type { ReactNode } from 'react'
import type { FieldError } from './field.tsx'

interface CardFormProps {
  readonly children: ReactNode
  onSubmit(): void
}

/** One card of the visit in which something is filled in; what is wrong the fields say themselves. */
export function CardForm({ children, onSubmit }: CardFormProps) {
  return (
    <form
      className="visit-card"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
    </form>
  )
}

/** What the hub said that is about no field of the form, in its own words. */
export function CardProblem({ error }: { readonly error: FieldError | undefined }) {
  if (!error) return null
  return (
    <p role="alert" className="problem" lang="en">
      {error.text}
    </p>
  )
}
