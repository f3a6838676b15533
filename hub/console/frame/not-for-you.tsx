import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { MaySee } from '../pages.ts'
import { Empty } from '../parts/empty.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useSession } from '../session.tsx'

interface NotForYouProps {
  readonly why: MaySee & { readonly ok: false }
}

/** There is such a page, for others: whom to ask, and as whom one is signed in. */
export function NotForYou({ why }: NotForYouProps) {
  const { t } = useTranslation(['shared', 'people'])
  const { person, name = person, roles } = useSession()
  const list = (all: typeof roles): string => all.map((role) => t(`people:role.${role}`)).join(', ')
  return (
    <>
      <PageHeader title={t('notForYou')} />
      <Main>
        <Empty text={why.lacks === 'role' ? t('forRoles', { roles: list(why.roles) }) : t('forAllAreas')}>
          <p className="muted">
            {t('signedInAs', { who: why.lacks === 'role' ? `${name} (${list(roles)})` : name })}
          </p>
          <Link href="/">{t('toBoard')}</Link>
        </Empty>
      </Main>
    </>
  )
}
