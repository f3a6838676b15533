import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../session.tsx'
import { CardForm, CardProblem } from './card-form.tsx'
import { checkId, checkTimezone } from './check-fields.ts'
import { errorsOf, Field } from './field.tsx'
import type { FieldError } from './field.tsx'
import type { Refused } from './kept.ts'
import { dropAct } from './kept.ts'
import { requestId, useSending } from './send-kept.ts'
import type { RegisteredHome } from './shapes.ts'
import { ThumbBar } from './thumb-bar.tsx'
import { useTyped } from './use-typed.ts'

const FIELDS = ['label', 'address', 'area', 'timezone', 'access', 'id']

interface HomeFormProps {
  /** The one that is changed; else a new one. */
  readonly home?: RegisteredHome
  /** Of a home that the hub did not take. */
  readonly refused?: {
    readonly act: string
    readonly refused: Refused
    readonly body: Readonly<Record<string, unknown>>
  }
  onDone(home: string): void
  onCancel(): void
}

/** What a home is called and where it is. */
export function HomeForm({ home, refused: before, onDone, onCancel }: HomeFormProps) {
  const { t } = useTranslation(['visit', 'shared'])
  const { areas } = useSession()
  const { put } = useSending()
  const [refused, setRefused] = useState<Refused | undefined>(before?.refused)
  const [own, setOwn] = useState<Readonly<Record<string, FieldError>>>({})
  const [busy, setBusy] = useState(false)
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), [])
  const known = { ...home?.fields, ...before?.body } as Readonly<Record<string, string | undefined>>
  const { typed, type, clear } = useTyped(home ? `${home.home} fields` : 'new home', {
    label: known['label'] ?? '',
    address: known['address'] ?? '',
    area: known['area'] ?? (areas === 'all' ? '' : (areas[0] ?? '')),
    timezone: known['timezone'] ?? ownTimezone(),
    access: known['access'] ?? '',
    id: known['id'] ?? '',
  })
  const told = errorsOf(refused, FIELDS)
  const errors = { ...told, ...own }
  if (told['area'] && areas !== 'all') {
    errors['area'] = { text: t('faults.area', { areas: areas.join(', ') }), told: told['area'].text }
  }
  if (told['id'] && refused?.status === 409) errors['id'] = { text: t('faults.idTaken') }

  const set = (name: string) => (value: string) => {
    type({ [name]: value })
    setOwn((old) => Object.fromEntries(Object.entries(old).filter(([one]) => one !== name)))
    if (told[name]) setRefused(undefined)
  }

  const save = async () => {
    const timezone = (typed['timezone'] ?? '').trim()
    const id = (typed['id'] ?? '').trim()
    const wrong: Record<string, FieldError> = {}
    const zone = checkTimezone(timezone)
    if (zone) wrong['timezone'] = { text: t(`faults.${zone}`, { text: timezone }) }
    if ((typed['label'] ?? '').trim() === '') wrong['label'] = { text: t('faults.missing') }
    const badId = id === '' ? undefined : checkId(id)
    if (badId) wrong['id'] = { text: t(`faults.${badId}`) }
    setOwn(wrong)
    if (Object.keys(wrong).length > 0) return
    setBusy(true)
    if (before) dropAct(before.act)
    const given = Object.fromEntries(
      ['label', 'address', 'area', 'access'].map((name) => [name, (typed[name] ?? '').trim()]),
    )
    const isNew = !home
    // Made here, so that the visit can go on before the hub has heard of it.
    const made = id === '' ? `h-${requestId().slice(0, 8)}` : id
    const outcome = await put(
      isNew
        ? {
            method: 'POST',
            path: '/api/register',
            home: made,
            part: 'home',
            of: made,
            body: { id: made, timezone, ...withoutEmpty(given) },
          }
        : {
            method: 'PATCH',
            path: `/api/homes/${encodeURIComponent(home.home)}`,
            home: home.home,
            part: 'home',
            of: home.home,
            body: {
              timezone,
              ...Object.fromEntries(Object.entries(given).map(([k, v]) => [k, v === '' ? null : v])),
            },
            ...(home.fields.revision !== undefined && { seen: home.fields.revision }),
          },
    )
    setBusy(false)
    if (outcome.is === 'refused') {
      // It stays in the form, where it is corrected.
      dropAct(outcome.act)
      setRefused(outcome.refused)
      return
    }
    clear()
    onDone(isNew ? made : home.home)
  }

  return (
    <CardForm onSubmit={() => void save()}>
      <CardProblem error={errors['']} />
      <Field
        label={t('home.label')}
        required
        value={typed['label'] ?? ''}
        error={errors['label']}
        hint={t('home.labelHow')}
        onChange={set('label')}
      />
      <Field
        label={t('home.address')}
        value={typed['address'] ?? ''}
        error={errors['address']}
        onChange={set('address')}
      />
      <Field
        label={t('home.area')}
        value={typed['area'] ?? ''}
        error={errors['area']}
        {...(areas !== 'all' && { list: areas })}
        onChange={set('area')}
      />
      <Field
        label={t('home.timezone')}
        required
        isCode
        value={typed['timezone'] ?? ''}
        list={zones}
        error={errors['timezone']}
        onChange={set('timezone')}
      />
      <Field
        label={t('home.access')}
        value={typed['access'] ?? ''}
        error={errors['access']}
        hint={t('home.accessHow')}
        onChange={set('access')}
      />
      {!home && (
        <Field
          label={t('home.id')}
          isCode
          value={typed['id'] ?? ''}
          error={errors['id']}
          hint={t('home.idHow')}
          onChange={set('id')}
        />
      )}
      <ThumbBar>
        <button type="button" className="large" onClick={onCancel}>
          {t('shared:cancel')}
        </button>
        <button type="submit" className="primary large" disabled={busy}>
          {t(busy ? 'saving' : home ? 'save' : 'home.create')}
        </button>
      </ThumbBar>
    </CardForm>
  )
}

function withoutEmpty(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}

/** Where this phone is: mostly where the home is, too. */
function ownTimezone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}
