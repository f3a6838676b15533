import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RuleFiles, RuleProblem, Trial } from '../api-types.ts'
import { Status } from '../parts/status.tsx'
import { useSession } from '../session.tsx'
import { clockOrDay } from '../time.ts'
import { useAct } from '../use-act.ts'
import { Problems } from './problems.tsx'
import { plain } from './rule-history.tsx'
import { TrialOutcome } from './trial-outcome.tsx'

const DAY = 24 * 3_600_000

interface TrialViewProps {
  readonly trial: Trial
  readonly writable: RuleFiles['writable']
  onGo(problem: RuleProblem): void
  onChange(trial: Trial): void
}

/** How far a trial is, what it came to, and the way to switch it on. */
export function TrialView({ trial, writable, onGo, onChange }: TrialViewProps) {
  const { t } = useTranslation('rules')
  const { busy, act } = useAct()
  const { state } = trial
  const path = `/api/rules/trials/${trial.id}`
  const files = trial.files.map(({ name }) => name).join(', ')

  const stop = async (): Promise<void> => {
    const stopped = await act<Trial>('DELETE', path)
    if (stopped) onChange(stopped)
  }

  switch (state.is) {
    case 'running': {
      const percent = state.of === 0 ? 0 : Math.floor((100 * state.done) / state.of)
      return (
        <section className="trial" aria-live="polite">
          <p>{t('running', { who: plain(trial.by), files })}</p>
          <progress max={100} value={percent} aria-label={t('progress', { percent })} />
          <div className="buttons">
            <span className="muted">{state.of === 0 ? t('reading') : t('progress', { percent })}</span>
            <button type="button" disabled={busy} onClick={() => void stop()}>
              {t('stop')}
            </button>
          </div>
        </section>
      )
    }
    case 'refused':
      return (
        <section className="trial" role="alert">
          <p>
            <Status tone="medium">{t('errors', { count: state.problems.length })}</Status>
          </p>
          <Problems problems={state.problems} onGo={onGo} />
        </section>
      )
    case 'failed':
      return (
        <section className="trial" role="alert">
          <Status tone="medium">{t('failed', { reason: state.reason })}</Status>
        </section>
      )
    case 'stopped':
      return <p className="trial muted">{t('stopped')}</p>
    case 'done':
      return (
        <section className="trial" aria-live="polite">
          <TrialOutcome result={state.result} />
          <SwitchOn trial={trial} writable={writable} onChange={onChange} />
        </section>
      )
    case 'on':
      return (
        <section className="trial" aria-live="polite">
          <p>
            <Status tone="well">
              {t('on', { time: clockOrDay(state.at, state.at - DAY), who: plain(state.by) })}
            </Status>
          </p>
          <TrialOutcome result={state.result} />
        </section>
      )
  }
}

function SwitchOn({ trial, writable, onChange }: Omit<TrialViewProps, 'onGo'>) {
  const { t } = useTranslation('rules')
  const { roles } = useSession()
  const { busy, act } = useAct()
  const [why, setWhy] = useState('')
  if (!writable.ok) {
    const { folder } = writable
    return <p className="notice">{t(writable.why === 'shipped' ? 'shipped' : 'readOnly', { folder })}</p>
  }
  if (!roles.includes('admin')) return <p className="notice">{t('adminsOnly')}</p>
  const switchOn = async (): Promise<void> => {
    const on = await act<Trial>('POST', `/api/rules/trials/${trial.id}/switch-on`, { why })
    if (on) onChange(on)
  }
  return (
    <form
      className="switch-on"
      onSubmit={(event) => {
        event.preventDefault()
        void switchOn()
      }}
    >
      <h3>{t('switchTitle')}</h3>
      <label>
        {t('why')}
        <input
          required
          minLength={3}
          maxLength={300}
          value={why}
          onChange={(event) => setWhy(event.target.value)}
        />
      </label>
      <button type="submit" className="primary large" disabled={busy || why.trim().length < 3}>
        {t('switchOn')}
      </button>
    </form>
  )
}
