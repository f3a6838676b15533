import { Suspense, useLayoutEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Route, Switch, useLocation } from 'wouter'
import { useContact } from '../hub-state.tsx'
import { LockBar } from '../lock/lock-bar.tsx'
import { LockedPage } from '../lock/locked-page.tsx'
import { maySee, PAGES } from '../pages.ts'
import { Loading } from '../parts/loading.tsx'
import { useSession } from '../session.tsx'
import { applyTheme } from '../theme.ts'
import { CutOffBar } from './cut-off-bar.tsx'
import { Nav } from './nav.tsx'
import { NotForYou } from './not-for-you.tsx'
import { NotFound } from './not-found.tsx'
import { PageFault } from './page-fault.tsx'
import '../parts/parts.css'
import './frame.css'
import '../print.css'

/** What is around every page: where one can go, and whether the hub is heard. */
export function Frame() {
  const { t } = useTranslation()
  const session = useSession()
  const { cutOffSince } = useContact()
  const [path] = useLocation()
  useLayoutEffect(() => {
    applyTheme(path)
    window.scrollTo(0, 0)
  }, [path])

  const isAway = cutOffSince !== undefined && !PAGES.some((one) => one.withoutLink && isPage(path, one.path))
  return (
    <div className="frame">
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <CutOffBar since={isAway ? cutOffSince : undefined} />
      <Nav />
      <div className="page" data-cut-off={isAway || undefined}>
        <LockBar />
        <PageFault key={path}>
          <Suspense fallback={<Loading />}>
            <Switch>
              {PAGES.map((entry) => {
                const { path: own, area, whenLocked, page } = entry
                const seen = maySee(entry, session)
                if (seen.ok && !(session.locked && !whenLocked)) {
                  return <Route key={own} path={own} component={page} />
                }
                return (
                  <Route key={own} path={own}>
                    {seen.ok ? <LockedPage title={area && t(`nav.${area}`)} /> : <NotForYou why={seen} />}
                  </Route>
                )
              })}
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </PageFault>
      </div>
    </div>
  )
}

/** `/visit/h1` is the page `/visit/:home`. */
function isPage(path: string, pattern: string): boolean {
  const [parts, wanted] = [path.split('/'), pattern.split('/')]
  return (
    parts.length === wanted.length &&
    wanted.every((part, index) => part.startsWith(':') || part === parts[index])
  )
}
