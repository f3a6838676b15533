import { useId } from 'react'
import type { HTMLInputTypeAttribute, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Refused } from './kept.ts'

/** What is wrong with one field. */
export interface FieldError {
  readonly text: string
  /** The hub's own sentence, where `text` is in the page's words. */
  readonly told?: string
  readonly suggestion?: string
}

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly hint?: string
  readonly error?: FieldError | undefined
  readonly type?: HTMLInputTypeAttribute
  readonly inputMode?: 'tel' | 'text'
  readonly list?: readonly string[]
  readonly required?: boolean
  /** Codes and names for topics: no capital at the beginning, no words guessed. */
  readonly isCode?: boolean
  /** Beside the field. */
  readonly children?: ReactNode
  onChange(value: string): void
}

/** One field of a form, with what is wrong below it. */
export function Field(props: FieldProps) {
  const { label, value, hint, error, type = 'text', inputMode, list, required, isCode, children } = props
  const { t } = useTranslation('visit')
  const id = useId()
  const described = [error && `${id}-error`, hint !== undefined && `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div className="visit-field" data-wrong={error !== undefined || undefined}>
      <label htmlFor={id}>
        {label}
        {required !== true && <span className="muted"> {t('optional')}</span>}
      </label>
      <div className="visit-input">
        <input
          id={id}
          type={type}
          value={value}
          aria-required={required}
          aria-invalid={error !== undefined || undefined}
          aria-describedby={described === '' ? undefined : described}
          autoComplete={type === 'tel' ? 'tel' : 'off'}
          {...(inputMode && { inputMode })}
          {...(list && { list: `${id}-list` })}
          {...(isCode && { autoCapitalize: 'none', autoCorrect: 'off', spellCheck: false })}
          onChange={({ target }) => props.onChange(target.value)}
        />
        {children}
      </div>
      {list && (
        <datalist id={`${id}-list`}>
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      {error && (
        <div id={`${id}-error`} className="visit-error" role="alert">
          <p>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M12 3.5 22 20.5H2ZM12 10v5m0 2.5v.5" />
            </svg>
            {error.text}
          </p>
          {error.told !== undefined && <p lang="en">{error.told}</p>}
          {error.suggestion !== undefined && (
            <button type="button" onClick={() => props.onChange(error.suggestion ?? '')}>
              {t('use', { what: error.suggestion })}
            </button>
          )}
        </div>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="muted hint">
          {hint}
        </p>
      )}
    </div>
  )
}

/** What the hub said of each field; what is about no field that the form has is under an empty name. */
export function errorsOf(
  refused: Refused | undefined,
  fields: readonly string[],
): Readonly<Record<string, FieldError>> {
  if (!refused) return {}
  const errors: Record<string, FieldError> = {}
  const told = refused.problems.length > 0 ? refused.problems : [{ pointer: '', message: refused.message }]
  for (const { pointer, message, suggestion } of told) {
    const [, name = ''] = pointer.split('/')
    const field = fields.includes(name) ? name : ''
    const text = [errors[field]?.text, message].filter(Boolean).join(' ')
    errors[field] = { text, ...(suggestion !== undefined && { suggestion }) }
  }
  return errors
}
