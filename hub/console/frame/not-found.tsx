import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { Empty } from '../parts/empty.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'

/** There is no such page. */
export function NotFound() {
  const { t } = useTranslation()
  return (
    <>
      <PageHeader title={t('notFound')} />
      <Main>
        <Empty text={t('notFoundWhy')}>
          <Link href="/">{t('toBoard')}</Link>
        </Empty>
      </Main>
    </>
  )
}
