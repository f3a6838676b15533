import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

const SOON_MS = 1500

/** While somebody is being signed out: says so when the hub does not answer, for the cookie is the hub's to take. */
export function Leaving() {
  const { t } = useTranslation('lock')
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SOON_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <main className="sign-in">
      <div className="card">
        <h1>{t('leaving')}</h1>
        <p role="status">{isLate && t('leavingLate')}</p>
      </div>
    </main>
  )
}
