import { useTranslation } from 'react-i18next'
import type { Shift } from '../api-types.ts'
import { timeText } from './at.tsx'

const HOUR = 3_600_000

/** What is chosen: `own` as the hub can tell it, else since a time, ms. */
export type Chosen = { readonly way: 'own' } | { readonly way: Way; readonly from: number }
type Way = 'sign-in' | 'eight' | 'twelve' | 'seven'

interface SpanChoiceProps {
  readonly shift: Shift
  readonly chosen: Chosen
  onChoose(chosen: Chosen): void
}

/** When the shift began that one looks at. */
export function SpanChoice({ shift, chosen, onChoose }: SpanChoiceProps) {
  const { t } = useTranslation('shift')
  const { rota, signIn } = shift.choices
  const now = shift.to
  const own = rota
    ? t('byRota', { time: timeText(rota.from, now) })
    : signIn === undefined
      ? t('usual')
      : t('bySignIn', { time: timeText(signIn, now) })
  const choices: readonly { readonly text: string; readonly is: Chosen }[] = [
    { text: own, is: { way: 'own' } },
    ...(rota && signIn !== undefined
      ? [
          {
            text: t('bySignIn', { time: timeText(signIn, now) }),
            is: { way: 'sign-in', from: signIn } as const,
          },
        ]
      : []),
    ...(rota || signIn !== undefined
      ? [{ text: t('hours', { count: 8 }), is: { way: 'eight', from: now - 8 * HOUR } as const }]
      : []),
    { text: t('hours', { count: 12 }), is: { way: 'twelve', from: now - 12 * HOUR } },
    { text: t('atSeven'), is: { way: 'seven', from: lastSeven(now) } },
  ]
  return (
    <fieldset className="segments span-choice">
      <legend>{t('span')}</legend>
      {choices.map(({ text, is }) => (
        <label key={is.way}>
          <input type="radio" name="span" checked={chosen.way === is.way} onChange={() => onChoose(is)} />
          {text}
        </label>
      ))}
    </fieldset>
  )
}

function lastSeven(now: number): number {
  const seven = new Date(now)
  seven.setHours(7, 0, 0, 0)
  if (seven.getTime() >= now) seven.setDate(seven.getDate() - 1)
  return seven.getTime()
}
