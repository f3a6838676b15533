import { useId } from 'react'

interface NameFieldProps {
  readonly label: string
  /** What is to be said of it. */
  readonly hint: string
  readonly value: string
  onChange(value: string): void
}

/** The name by which a person or program is known from now on: letters, digits, `.`, `_` and `-`. */
export function NameField({ label, hint, value, onChange }: NameFieldProps) {
  const described = useId()
  return (
    <>
      <label className="field">
        {label}
        <input
          required
          pattern="[\w.\-]{1,64}"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-describedby={described}
          value={value}
          onChange={({ target }) => onChange(target.value.trim())}
        />
      </label>
      <p id={described} className="muted hint">
        {hint}
      </p>
    </>
  )
}
