import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useContact } from '../hub-state.tsx'
import { useLanguage } from '../language.tsx'
import { useSession } from '../session.tsx'
import { useApi } from '../use-api.ts'

/** The newest certificate of the home, and the way to prove it again for who does that. */
export function HomeVisits({ home, timezone }: { readonly home: string; readonly timezone: string }) {
  const { t } = useTranslation('home')
  const { language } = useLanguage()
  const { roles } = useSession()
  const { now } = useContact()
  const path = encodeURIComponent(home)
  const { data } = useApi<{ certificates: readonly CertificateLine[] }>(`/api/homes/${path}/certificates`)
  const newest = data?.certificates[0]
  const mayVisit = roles.includes('installer') || roles.includes('admin')
  const day = (at: number): string =>
    new Intl.DateTimeFormat(language === 'nb' ? 'nb-NO' : 'en-GB', {
      dateStyle: 'medium',
      timeZone: timezone,
    }).format(at)
  return (
    <>
      {newest && (
        <Link className="button" href={`/homes/${path}/certificates/${encodeURIComponent(newest.id)}`}>
          {newest.due < now
            ? t('certificateDue', { day: day(newest.due) })
            : t('certificate', { day: day(newest.at) })}
        </Link>
      )}
      {mayVisit && (
        <Link className="button" href={`/visit/${path}`}>
          {t('visit')}
        </Link>
      )}
    </>
  )
}

interface CertificateLine {
  readonly id: string
  readonly at: number
  readonly due: number
}
