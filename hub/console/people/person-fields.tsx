import { useTranslation } from 'react-i18next'
import { ROLES } from './roles.ts'
import type { Areas, Role } from '../../model/person.ts'
import { AreaChoice } from './areas.tsx'

export interface PersonChoice {
  readonly name: string
  readonly roles: readonly Role[]
  readonly areas: Areas
}

/** Whether the hub would take it. */
export function isWhole({ roles, areas }: Omit<PersonChoice, 'name'>): boolean {
  return roles.length > 0 && areas.length > 0
}

interface PersonFieldsProps {
  readonly choice: PersonChoice
  onChange(choice: PersonChoice): void
}

/** Name, roles with what each may do, and areas. */
export function PersonFields({ choice, onChange }: PersonFieldsProps) {
  const { t } = useTranslation('people')
  const { name, roles, areas } = choice
  return (
    <>
      <label className="field">
        {t('name')}
        <input
          maxLength={100}
          autoComplete="off"
          value={name}
          onChange={({ target }) => onChange({ ...choice, name: target.value })}
        />
      </label>
      <fieldset className="choice">
        <legend>{t('roles')}</legend>
        <p className="muted">{t('rolesMany')}</p>
        <div className="checks">
          {ROLES.map((role) => (
            <label key={role} className="check">
              <input
                type="checkbox"
                checked={roles.includes(role)}
                onChange={({ target }) => {
                  const chosen = target.checked ? [...roles, role] : roles.filter((one) => one !== role)
                  onChange({ ...choice, roles: ROLES.filter((one) => chosen.includes(one)) })
                }}
              />
              <span>
                <b>{t(`role.${role}`)}</b>
                <span className="does muted">{t(`roleDoes.${role}`)}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <AreaChoice areas={areas} onChange={(chosen) => onChange({ ...choice, areas: chosen })} />
    </>
  )
}
