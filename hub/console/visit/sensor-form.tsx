import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../language.tsx'
import { shared } from '../words/en/shared.ts'
import { kindName, roomName } from '../words/names.ts'
import { CardForm, CardProblem } from './card-form.tsx'
import { checkId, freeId, idOf } from './check-fields.ts'
import { errorsOf, Field } from './field.tsx'
import type { FieldError } from './field.tsx'
import { dropAct } from './kept.ts'
import type { Refused } from './kept.ts'
import { deviceCode, readCode } from './read-code.ts'
import { ScanButton } from './scan-button.tsx'
import type { FormStart } from './sensors-card.tsx'
import type { ProfileFacts, SeenDevice } from './shapes.ts'
import { ThumbBar } from './thumb-bar.tsx'
import { useTyped } from './use-typed.ts'
import type { VisitProps } from './visit-page.tsx'

/** What the shipped rules ask of a sensor beside its room, by what it senses. */
const ROLES: Readonly<Partial<Record<string, readonly Role[]>>> = {
  door: ['entrance', 'terrace', 'fridge'],
  lock: ['entrance'],
  power: ['stove', 'kettle'],
  room_temperature: ['fridge', 'outdoor'],
}
type Role = 'entrance' | 'terrace' | 'fridge' | 'stove' | 'kettle' | 'outdoor'

const FIELDS = ['address', 'profile', 'room', 'role', 'resident', 'id']

interface SensorFormProps extends VisitProps {
  readonly start: FormStart
  readonly seen: readonly SeenDevice[]
  readonly profiles: readonly ProfileFacts[]
  onDone(): void
}

/** One sensor: which device, what kind, where it stands. */
export function SensorForm({ home, sending, start, seen, profiles, onDone }: SensorFormProps) {
  const { t } = useTranslation(['visit', 'shared'])
  const { language } = useLanguage()
  const { sensor, act } = start
  const before = act?.body ?? sensor ?? {}
  const given = (name: string): string => {
    const value = (before as Readonly<Record<string, unknown>>)[name]
    return typeof value === 'string' ? value : ''
  }
  const key = `${home.home} sensor${sensor ? ` ${sensor.id}` : act ? ` ${act.of}` : ''}`
  const { typed, type, clear } = useTyped(key, {
    address: start.seen?.address ?? (given('address') || (sensor?.id ?? '')),
    profile: start.seen?.likely[0]?.profile ?? given('profile'),
    room: given('room'),
    newRoom: '',
    role: given('role'),
    resident: given('resident'),
    id: given('id'),
  })
  const field = (name: string): string => typed[name] ?? ''
  const [refused, setRefused] = useState<Refused | undefined>(act?.refused)
  const [own, setOwn] = useState<Readonly<Record<string, FieldError>>>({})
  const [busy, setBusy] = useState(false)
  const [allProfiles, setAllProfiles] = useState(false)
  const set = (fields: Readonly<Record<string, string>>) => {
    type(fields)
    setOwn((old) => Object.fromEntries(Object.entries(old).filter(([name]) => !(name in fields))))
    if (refused && errorNames(refused).some((name) => name in fields)) setRefused(undefined)
  }

  const address = field('address').trim()
  const device = seen.find((one) => sameDevice(one.address, address))
  const profile = profiles.find((one) => one.id === field('profile'))
  const roles = [...new Set((profile?.kinds ?? []).flatMap((kind) => ROLES[kind] ?? []))]
  const rooms = [
    ...home.rooms.map(({ id, name }) => ({ id, name: name ?? roomName(id, language) })),
    ...Object.keys(shared.rooms)
      .filter((id) => !home.rooms.some((room) => room.id === id))
      .map((id) => ({ id, name: roomName(id, language) })),
  ]
  const likely = (device ?? start.seen)?.likely ?? []
  const choices =
    allProfiles || likely.length === 0
      ? profiles
      : profiles.filter((one) => likely.some((l) => l.profile === one.id) || one.id === field('profile'))
  const errors = { ...toldErrors(refused, t), ...own }

  const take = (text: string) => {
    const code = readCode(text, [location.hostname])
    if (code.is === 'elsewhere')
      return setOwn({ address: { text: t('faults.elsewhere', { host: code.host }) } })
    if (code.is === 'unknown' || code.is === 'home' || code.is === 'gateway') {
      return setOwn({ address: { text: t('faults.unreadable', { text }) } })
    }
    const found = code.is === 'device' ? code.address : code.name
    // As its gateway writes it.
    const known = seen.find((one) => sameDevice(one.address, found))
    const likeliest = known?.likely[0]?.profile
    return set({ address: known?.address ?? found, ...(likeliest !== undefined && { profile: likeliest }) })
  }

  const save = async () => {
    const wrong: Record<string, FieldError> = {}
    if (address === '') wrong['address'] = { text: t('faults.missing') }
    const code = readCode(address, [location.hostname])
    if (code.is === 'elsewhere') wrong['address'] = { text: t('faults.elsewhere', { host: code.host }) }
    else if (address !== '' && code.is === 'unknown')
      wrong['address'] = { text: t('faults.unreadable', { text: address }) }
    if (field('profile') === '') wrong['profile'] = { text: t('faults.missing') }
    if (field('id') !== '' && checkId(field('id'))) wrong['id'] = { text: t('faults.id') }
    setOwn(wrong)
    if (Object.keys(wrong).length > 0) return
    setBusy(true)
    const path = `/api/homes/${encodeURIComponent(home.home)}`
    const newRoom = field('newRoom').trim()
    const room = newRoom === '' ? field('room') : idOf(newRoom)
    if (newRoom !== '' && room !== '' && !home.rooms.some((one) => one.id === room)) {
      await sending.put({
        method: 'POST',
        path: `${path}/rooms`,
        home: home.home,
        part: 'rooms',
        of: room,
        body: { id: room, name: newRoom },
      })
    }
    const taken = [
      ...home.sensors.map(({ id }) => id),
      ...sending.kept.acts.flatMap((one) =>
        one.part === 'sensors' && one.home === home.home ? [one.of] : [],
      ),
    ]
    const id =
      field('id') || freeId(idOf([room, field('role') || profile?.kinds[0]].filter(Boolean).join(' ')), taken)
    const facts = {
      profile: field('profile'),
      address: code.is === 'device' && !device && !sensor ? code.address : address,
      ...filled({ room, role: field('role'), resident: field('resident') }, sensor !== undefined),
    }
    if (act) dropAct(act.id)
    const outcome = await sending.put(
      sensor
        ? {
            method: 'PATCH',
            path: `${path}/sensors/${encodeURIComponent(sensor.id)}`,
            home: home.home,
            part: 'sensors',
            of: sensor.id,
            body: facts,
            ...(sensor.revision !== undefined && { seen: sensor.revision }),
          }
        : {
            method: 'POST',
            path: `${path}/sensors`,
            home: home.home,
            part: 'sensors',
            of: id,
            body: { id, ...facts },
          },
    )
    setBusy(false)
    if (outcome.is === 'refused') {
      dropAct(outcome.act)
      if (field('id') === '' && !sensor) type({ id })
      setRefused(outcome.refused)
      return
    }
    clear()
    onDone()
  }

  return (
    <CardForm onSubmit={() => void save()}>
      <h2>{sensor ? sensor.id : t('sensors.add')}</h2>
      <CardProblem error={errors['']} />
      <Field
        label={t('sensor.address')}
        required
        isCode
        value={field('address')}
        error={errors['address']}
        hint={t(
          address === ''
            ? 'sensor.addressHow'
            : device || start.seen || sensor
              ? 'sensor.isHeard'
              : 'sensor.notHeard',
        )}
        onChange={(value) => set({ address: value })}
      >
        <ScanButton title={t('sensor.scan')} onScanned={take} />
      </Field>
      <div className="visit-field" data-wrong={errors['profile'] !== undefined || undefined}>
        <label htmlFor="visit-profile">{t('sensor.profile')}</label>
        <select
          id="visit-profile"
          value={field('profile')}
          aria-invalid={errors['profile'] !== undefined || undefined}
          onChange={({ target }) => {
            if (target.value === 'all') setAllProfiles(true)
            else set({ profile: target.value, role: '' })
          }}
        >
          <option value="">{t('sensor.choose')}</option>
          {choices
            .toSorted((a, b) => a.title[language].localeCompare(b.title[language], language))
            .map((one) => (
              <option key={one.id} value={one.id}>
                {one.title[language]}
              </option>
            ))}
          {choices.length < profiles.length && <option value="all">{t('sensor.all')}</option>}
        </select>
        {errors['profile'] && (
          <p className="visit-error" role="alert">
            {errors['profile'].text}
          </p>
        )}
        {profile && (
          <p className="muted hint">
            {t('sensor.senses', { kinds: profile.kinds.map((kind) => kindName(kind, language)).join(', ') })}
          </p>
        )}
      </div>
      <fieldset className="segments visit-choice">
        <legend>{t('sensor.room')}</legend>
        {rooms.map(({ id, name }) => (
          <label key={id}>
            <input
              type="radio"
              name="room"
              checked={field('room') === id && field('newRoom') === ''}
              onChange={() => set({ room: id, newRoom: '' })}
            />
            {name}
          </label>
        ))}
      </fieldset>
      <Field
        label={t('sensor.otherRoom')}
        value={field('newRoom')}
        error={errors['room']}
        onChange={(value) => set({ newRoom: value })}
      />
      {roles.length > 0 && (
        <fieldset className="segments visit-choice">
          <legend>{t('sensor.role')}</legend>
          {(['', ...roles] as const).map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="role"
                checked={field('role') === one}
                onChange={() => set({ role: one })}
              />
              {one === '' ? t('sensor.noRole') : t(`sensor.roles.${one}`)}
            </label>
          ))}
        </fieldset>
      )}
      {home.residents.length > 1 && (
        <fieldset className="segments visit-choice">
          <legend>{t('sensor.resident')}</legend>
          {[{ id: '', name: t('sensor.nobody') }, ...home.residents].map(({ id, name }) => (
            <label key={id}>
              <input
                type="radio"
                name="resident"
                checked={field('resident') === id}
                onChange={() => set({ resident: id })}
              />
              {name ?? id}
            </label>
          ))}
        </fieldset>
      )}
      {!sensor && (
        <Field
          label={t('sensor.id')}
          isCode
          value={field('id')}
          error={errors['id']}
          hint={t('sensor.idHow')}
          onChange={(value) => set({ id: value })}
        />
      )}
      {sensor && <RemoveButton home={home} sending={sending} sensor={sensor} onDone={onDone} />}
      <ThumbBar>
        <button
          type="button"
          className="large"
          onClick={() => {
            clear()
            onDone()
          }}
        >
          {t('shared:cancel')}
        </button>
        <button type="submit" className="primary large" disabled={busy}>
          {t(busy ? 'saving' : sensor ? 'save' : 'sensor.add')}
        </button>
      </ThumbBar>
    </CardForm>
  )
}

interface RemoveButtonProps extends Pick<VisitProps, 'home' | 'sending'> {
  readonly sensor: { readonly id: string }
  onDone(): void
}

function RemoveButton({ home, sending, sensor, onDone }: RemoveButtonProps) {
  const { t } = useTranslation('visit')
  const [sure, setSure] = useState(false)
  return (
    <button
      type="button"
      className="start"
      onClick={() => {
        if (!sure) return setSure(true)
        void sending.put({
          method: 'DELETE',
          path: `/api/homes/${encodeURIComponent(home.home)}/sensors/${encodeURIComponent(sensor.id)}`,
          home: home.home,
          part: 'sensors',
          of: sensor.id,
          body: {},
        })
        return onDone()
      }}
    >
      {t(sure ? 'sensor.removeSure' : 'sensor.remove')}
    </button>
  )
}

const errorNames = (refused: Refused): readonly string[] =>
  refused.problems.map(({ pointer }) => pointer.split('/')[1] ?? '')

type T = ReturnType<typeof useTranslation<['visit', 'shared']>>['t']

/** In the page's words, where it has some for what the hub said. */
function toldErrors(refused: Refused | undefined, t: T): Record<string, FieldError> {
  const told: Record<string, FieldError> = { ...errorsOf(refused, FIELDS) }
  const { address, id } = told
  if (address && refused?.status === 409) {
    const isHere = /of this home/.test(address.text)
    told['address'] = { text: t(isHere ? 'faults.deviceHere' : 'faults.deviceElsewhere'), told: address.text }
  }
  if (id && refused?.status === 409) told['id'] = { text: t('faults.idTaken') }
  return told
}

function sameDevice(one: string, other: string): boolean {
  const code = deviceCode(one)
  return code === undefined ? one === other : code === deviceCode(other)
}

/** What is empty is not sent; where something is changed, it goes. */
function filled(fields: Readonly<Record<string, string>>, isChange: boolean): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, string | null][] =>
      value !== '' ? [[name, value]] : isChange ? [[name, null]] : [],
    ),
  )
}
