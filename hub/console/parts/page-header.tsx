import { useEffect } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { Tools } from '../frame/tools.tsx'
import { useNeed } from '../need.ts'

interface PageHeaderProps {
  /** Not given until it is known. */
  readonly title: string | undefined
  /** Where one came from: `{ href: '/homes', text: 'Homes' }`. */
  readonly back?: { readonly href: string; readonly text: string }
  /** One sentence that answers the question of the page. */
  readonly sentence?: ReactNode
  /** What one can do on the whole page. */
  readonly children?: ReactNode
}

/** The first lines of a page: what it is, in one sentence how it is; and on every page what needs a human elsewhere. */
export function PageHeader({ title, back, sentence, children }: PageHeaderProps) {
  const { t } = useTranslation()
  const { waiting } = useNeed()
  useTitle(title)
  return (
    <header className="page-header">
      <div className="page-line">
        <div className="page-title">
          {back && (
            <Link href={back.href} className="back">
              <span aria-hidden="true">‹</span> {back.text}
            </Link>
          )}
          <h1>{title ?? '\u00A0'}</h1>
        </div>
        {waiting > 0 && (
          <Link href="/" className="need-elsewhere">
            {t('needHuman', { count: waiting })}
          </Link>
        )}
        <Tools />
      </div>
      {sentence !== undefined && <div className="sentence">{sentence}</div>}
      {children !== undefined && <div className="page-acts">{children}</div>}
    </header>
  )
}

/** In the browser's tab: how many wait, what the page is. */
export function useTitle(title: string | undefined): void {
  const { t } = useTranslation()
  const { waiting } = useNeed()
  const product = t('product')
  useEffect(() => {
    document.title = [waiting > 0 && `(${waiting})`, title !== undefined && `${title} ·`, product]
      .filter(Boolean)
      .join(' ')
  }, [waiting, title, product])
}
