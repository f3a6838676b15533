import { useCallback, useEffect, useState } from 'react'
import { ask } from '../api.ts'
import type { Away, Phone } from '../api-types.ts'
import { AwayLine } from '../away-line.tsx'
import { CutOffBar } from '../cut-off-bar.tsx'
import { LanguageButton, useLanguage } from '../language.tsx'
import { useLive } from '../live.ts'
import { PhoneCard } from './phone-card.tsx'
import './phone.css'

interface PhonePageProps {
  readonly person: string
  onSignedOut(): void
}

/** What the contacts' phones show, where no SMS provider is set up. */
export function PhonePage({ onSignedOut }: PhonePageProps) {
  const { words } = useLanguage()
  const [phones, setPhones] = useState<readonly Phone[]>()

  const load = useCallback(
    () =>
      ask<{ phones: Phone[] }>('GET', '/api/phone').then(
        (answer) => setPhones(answer.phones),
        () => {},
      ),
    [],
  )
  const [away, setAway] = useState<readonly Away[]>([])
  const { now, cutOffSince, signedOut } = useLive((event) => {
    if ('homes' in event) setAway(event.away ?? [])
    if (event.type !== 'beat') void load()
  })
  useEffect(() => {
    if (signedOut) onSignedOut()
  }, [signedOut, onSignedOut])

  const cutOff = cutOffSince !== undefined
  return (
    <div className="phones-page" data-cut-off={cutOff || undefined}>
      <CutOffBar since={cutOffSince} />
      <header>
        <h1>{words.phones}</h1>
        <nav>
          <a href="/">{words.board}</a>
          <LanguageButton />
        </nav>
        <p className="muted">{words.phonesIntro}</p>
      </header>
      <AwayLine away={away} now={now} />
      <main inert={cutOff}>
        {phones?.length === 0 && (
          <div className="no-phones">
            <p className="large">{words.noMessages}</p>
            <p className="muted">{words.noMessagesWhy}</p>
          </div>
        )}
        {phones?.map((phone) => (
          <PhoneCard key={`${phone.home}/${phone.contact ?? phone.staff}`} phone={phone} onSent={load} />
        ))}
      </main>
    </div>
  )
}
