import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { Answered } from '../parts/answered.tsx'
import { Empty } from '../parts/empty.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Status } from '../parts/status.tsx'
import type { Tone } from '../parts/status.tsx'
import { useApi } from '../use-api.ts'
import { HomeForm } from './home-form.tsx'
import { readCode } from './read-code.ts'
import { ScanButton } from './scan-button.tsx'
import { useSending } from './send-kept.ts'
import type { FoundHome } from './shapes.ts'
import { ThumbBar } from './thumb-bar.tsx'
import { VisitMain } from './visit-main.tsx'

const TYPING_MS = 300
const NONE: readonly FoundHome[] = []
/** Those that are being set up first: that is where one goes. */
const ORDER: readonly FoundHome['state'][] = ['commissioning', 'planned', 'active', 'paused', 'closed']
const TONES: Readonly<Record<FoundHome['state'], Tone>> = {
  commissioning: 'low',
  planned: 'info',
  active: 'well',
  paused: 'unknown',
  closed: 'unknown',
}

/** Where a visit begins: the home is found, or made. */
export function FindPage() {
  const { t } = useTranslation('visit')
  const [, navigate] = useLocation()
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [makes, setMakes] = useState(false)
  const wanted = useLater(text)
  const path = `/api/register?limit=40&text=${encodeURIComponent(wanted.trim())}`
  const answer = useApi<{ homes: readonly FoundHome[] }>(path)
  const { reload } = answer
  const { kept } = useSending(useCallback(() => void reload(), [reload]))
  const homes = answer.data?.homes ?? NONE
  const listed = useMemo(() => {
    // Made on this phone, and not yet in the hub.
    const own = kept.acts
      .filter(
        (one) => one.part === 'home' && one.method === 'POST' && !homes.some(({ id }) => id === one.home),
      )
      .map(({ home, body, refused }): Listed => ({
        id: home,
        name: String(body['label'] ?? home),
        ...(typeof body['area'] === 'string' && { area: body['area'] }),
        isKept: true,
        isRefused: refused !== undefined,
      }))
    const known = homes
      .toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
      .map((home): Listed => ({ ...home, name: home.label ?? home.id, found: home, isKept: false }))
    return [...own, ...known]
  }, [homes, kept.acts])

  const open = (home: string) => navigate(`/visit/${encodeURIComponent(home)}`)
  const scanned = (code: string) => {
    const read = readCode(code, [location.hostname])
    setWrong(undefined)
    if (read.is === 'home') open(read.home)
    else if (read.is === 'elsewhere') setWrong(t('faults.elsewhere', { host: read.host }))
    else if (read.is === 'unknown') setWrong(t('faults.unreadable', { text: read.text }))
    else if (read.is === 'gateway') setText(read.gateway)
    else setText(read.is === 'device' ? read.address : read.name)
  }

  if (makes) {
    return (
      <>
        <PageHeader title={t('find.make')} back={{ href: '/visit', text: t('title') }} />
        <VisitMain>
          <HomeForm onDone={open} onCancel={() => setMakes(false)} />
        </VisitMain>
      </>
    )
  }
  return (
    <>
      <PageHeader title={t('title')} sentence={t('find.sentence')} />
      <VisitMain>
        <div className="visit-find">
          <input
            type="search"
            aria-label={t('find.find')}
            placeholder={t('find.find')}
            value={text}
            autoCapitalize="none"
            onChange={({ target }) => setText(target.value)}
          />
          <ScanButton title={t('find.scan')} onScanned={scanned} />
        </div>
        {wrong !== undefined && (
          <p role="alert" className="problem">
            {wrong}
          </p>
        )}
        <Answered answer={answer}>
          {() =>
            listed.length === 0 ? (
              <Empty text={wanted === '' ? t('find.none') : t('find.noMatch', { text: wanted })} />
            ) : (
              <ul className="visit-homes" aria-label={t('find.homes')}>
                {listed.map((home) => (
                  <li key={home.id}>
                    <Link href={`/visit/${encodeURIComponent(home.id)}`}>
                      <b>{home.name}</b>
                      <span className="muted">{[home.area, home.id].filter(Boolean).join(' · ')}</span>
                      {home.found ? (
                        <span className="facts">
                          <Status tone={TONES[home.found.state]}>{t(`state.${home.found.state}`)}</Status>
                          <span className="muted">{t('find.sensors', { count: home.found.sensors })}</span>
                        </span>
                      ) : (
                        <Status tone={home.isRefused ? 'medium' : 'unknown'}>
                          {t(home.isRefused ? 'kept.notTaken' : 'kept.here')}
                        </Status>
                      )}
                    </Link>
                  </li>
                ))}
              </ul>
            )
          }
        </Answered>
        <ThumbBar>
          <button type="button" className="primary large" onClick={() => setMakes(true)}>
            {t('find.make')}
          </button>
        </ThumbBar>
      </VisitMain>
    </>
  )
}

interface Listed {
  readonly id: string
  readonly name: string
  readonly area?: string
  readonly found?: FoundHome
  readonly isKept: boolean
  readonly isRefused?: boolean
}

/** What was typed, once they stop: each search is in the audit log. */
function useLater(text: string): string {
  const [later, setLater] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return later
}
