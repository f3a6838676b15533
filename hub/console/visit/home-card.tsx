import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../language.tsx'
import { useSession } from '../session.tsx'
import { Status } from '../parts/status.tsx'
import { clock } from '../time.ts'
import { CardForm, CardProblem } from './card-form.tsx'
import { checkPhone, suggestPhone } from './check-fields.ts'
import { errorsOf, Field } from './field.tsx'
import type { FieldError } from './field.tsx'
import { HomeForm } from './home-form.tsx'
import { dropAct } from './kept.ts'
import type { Refused } from './kept.ts'
import { ThumbBar } from './thumb-bar.tsx'
import { useTyped } from './use-typed.ts'
import type { VisitProps } from './visit-page.tsx'

/** The home as it is registered, and the start of the visit. */
export function HomeCard({ home, visit, sending, go }: VisitProps) {
  const { t } = useTranslation('visit')
  const { language } = useLanguage()
  const [changes, setChanges] = useState(false)
  const notTaken = sending.kept.acts.find(
    (one) => one.home === home.home && one.part === 'home' && one.refused,
  )
  const startRefused = sending.kept.acts.find(
    (one) => one.home === home.home && one.part === 'visit' && one.refused,
  )
  const starts = sending.kept.acts.some(
    (one) => one.home === home.home && one.part === 'visit' && !one.refused,
  )
  const own = useOwnNumber(home.contacts)
  const { typed, type, clear } = useTyped(`${home.home} start`, { phone: own ?? '' })
  const [refused, setRefused] = useState<Refused>()
  const [wrong, setWrong] = useState<FieldError>()
  const [busy, setBusy] = useState(false)
  const phone = typed['phone'] ?? ''
  const told = errorsOf(refused ?? startRefused?.refused, ['phone'])
  const isOpen = visit !== undefined && !visit.finished
  // Nobody gets the SMS of a test, or alarms go to the family again: it is begun once more.
  const isBegun =
    starts ||
    (isOpen &&
      visit.maintenanceUntil !== undefined &&
      !visit.missing.some(({ code }) => code === 'no-installer'))

  if (changes || notTaken?.refused) {
    const isNew = notTaken?.method === 'POST'
    return (
      <HomeForm
        {...(!isNew && { home })}
        {...(notTaken?.refused && {
          refused: { act: notTaken.id, refused: notTaken.refused, body: notTaken.body },
        })}
        onDone={() => setChanges(false)}
        onCancel={() => {
          if (notTaken && !isNew) dropAct(notTaken.id)
          setChanges(false)
        }}
      />
    )
  }

  const start = async () => {
    const fault = checkPhone(phone)
    if (fault) {
      const suggestion = suggestPhone(phone)
      setWrong({ text: t(`faults.${fault}`), ...(suggestion !== undefined && { suggestion }) })
      return
    }
    setBusy(true)
    setRefused(undefined)
    if (startRefused) dropAct(startRefused.id)
    const outcome = await sending.put({
      method: 'POST',
      path: `/api/homes/${encodeURIComponent(home.home)}/visit`,
      home: home.home,
      part: 'visit',
      of: home.home,
      body: { language, ...(phone.trim() !== '' && { phone: phone.trim() }) },
    })
    setBusy(false)
    if (outcome.is === 'refused') {
      dropAct(outcome.act)
      setRefused(outcome.refused)
      return
    }
    clear()
    go('gateway')
  }
  const { label, address, area, timezone, access } = home.fields
  const facts = { label, address, area, timezone, access }
  return (
    <CardForm
      onSubmit={() => {
        if (isBegun) go('gateway')
        else void start()
      }}
    >
      <dl className="visit-facts">
        {Object.entries(facts).flatMap(([name, value]) =>
          value === undefined || value === ''
            ? []
            : [
                <div key={name}>
                  <dt>{t(`home.${name as keyof typeof facts}`)}</dt>
                  <dd>{value}</dd>
                </div>,
              ],
        )}
        <div>
          <dt>{t('home.state')}</dt>
          <dd>{t(`state.${home.service.state}`)}</dd>
        </div>
      </dl>
      <button type="button" className="start" onClick={() => setChanges(true)}>
        {t('change')}
      </button>
      {isOpen && (
        <p className="visit-note">
          <Status tone={visit.maintenanceUntil === undefined ? 'medium' : 'low'}>
            {visit.maintenanceUntil === undefined
              ? t('home.maintenanceOver')
              : t('home.open', { time: clock(visit.maintenanceUntil, timezone) })}
          </Status>
        </p>
      )}
      {!isBegun && (
        <>
          <CardProblem error={told['']} />
          <Field
            label={t('home.phone')}
            type="tel"
            inputMode="tel"
            value={phone}
            hint={t('home.phoneHow')}
            error={wrong ?? told['phone']}
            onChange={(value) => {
              type({ phone: value })
              setWrong(undefined)
              setRefused(undefined)
            }}
          />
          {visit?.finished && <p className="muted">{t('home.again')}</p>}
        </>
      )}
      <ThumbBar>
        <button type="submit" className="primary large" disabled={busy}>
          {busy ? t('saving') : t(isBegun ? 'next' : isOpen ? 'home.startAgain' : 'home.start')}
        </button>
      </ThumbBar>
    </CardForm>
  )
}

/** The number that is registered for whoever is here, from another visit. */
function useOwnNumber(contacts: VisitProps['home']['contacts']): string | undefined {
  const { person } = useSession()
  return contacts.find((one) => one.role === 'installer' && one.id === `installer-${person}`)?.phone
}
