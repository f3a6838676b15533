import { useTranslation } from 'react-i18next'
import type { HomeContact, HomeDetail } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'

/** Contacts in the order in which they are told. A number is a link that calls it. */
export function ContactTable({ home }: { readonly home: HomeDetail }) {
  const { t } = useTranslation(['home', 'shared'])
  const { language } = useLanguage()
  const languages = new Intl.DisplayNames(language, { type: 'language', fallback: 'code' })
  if (home.contacts.length === 0) return <Status tone="unknown">{t('noContacts')}</Status>
  return (
    <Table
      caption={t('contacts')}
      rows={home.contacts}
      keyOf={(contact) => contact.id}
      columns={[
        {
          head: t('contact'),
          cell: ({ id, name, role }) => (
            <>
              {name ?? id} <span className="muted regular">{t(`roles.${role}`)}</span>
            </>
          ),
        },
        {
          head: t('phone'),
          cell: ({ phone }) =>
            phone === undefined ? (
              <span className="muted">{t('noPhone')}</span>
            ) : (
              <a className="call" href={`tel:${phone}`}>
                {phone}
              </a>
            ),
        },
        { head: t('order'), cell: ({ order }) => t('orderSays', { order }) },
        { head: t('language'), cell: (contact) => languages.of(contact.language) ?? contact.language },
        { head: t('consent'), cell: (contact) => <Consent contact={contact} /> },
        {
          head: t('quiet'),
          cell: ({ quiet }) => (quiet ? `${quiet.from}–${quiet.to}` : <span className="muted">–</span>),
        },
      ]}
    />
  )
}

/** What they get; that they wrote STOP; and that nobody has written down whether they want it. */
function Consent({ contact }: { readonly contact: HomeContact }) {
  const { t } = useTranslation('home')
  const { consents, stoppedAt } = contact
  if (stoppedAt !== undefined && consents.every(({ may }) => !may)) {
    return <Status tone="medium">{t('stopped')}</Status>
  }
  const gets = consents.filter(({ may }) => may).map(({ kind }) => t(`consents.${kind}`))
  const isWritten = consents.some(({ is }) => is !== 'unrecorded')
  return (
    <span className="facts">
      {gets.length > 0 ? gets.join(', ') : <Status tone="medium">{t('getsNothing')}</Status>}
      {!isWritten && <span className="muted">{t('unrecorded')}</span>}
    </span>
  )
}
