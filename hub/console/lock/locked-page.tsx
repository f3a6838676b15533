import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { Empty } from '../parts/empty.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useLock } from './lock.tsx'

/** In place of every page that a locked screen does not show. */
export function LockedPage({ title }: { readonly title: string | undefined }) {
  const { t } = useTranslation(['lock', 'shared'])
  const { unlocked } = useLock()
  return (
    <>
      <PageHeader title={title ?? t('title')} />
      <Main>
        <Empty text={t('pageLocked')}>
          <p className="buttons-in-line">
            <button type="button" className="primary large" onClick={() => void unlocked()}>
              {t('unlock')}
            </button>
            <Link href="/">{t('shared:toBoard')}</Link>
          </p>
        </Empty>
      </Main>
    </>
  )
}
