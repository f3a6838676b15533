import { useTranslation } from 'react-i18next'
import type { Phone } from '../api-types.ts'
import { Answered } from '../parts/answered.tsx'
import { AwayLine } from '../parts/away-line.tsx'
import { Empty } from '../parts/empty.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useApi } from '../use-api.ts'
import { PhoneCard } from './phone-card.tsx'
import './phone.css'

/** What the contacts' phones show, where no SMS provider is set up. */
export function PhonePage() {
  const { t } = useTranslation('phone')
  const answer = useApi<{ phones: readonly Phone[] }>('/api/phone', {
    on: ({ type }) => type !== 'beat',
  })
  return (
    <>
      <PageHeader title={t('phones')} sentence={t('phonesIntro')} />
      <AwayLine />
      <Main className="phones">
        <Answered answer={answer}>
          {({ phones }) =>
            phones.length === 0 ? (
              <Empty text={t('noMessages')}>
                <p className="muted">{t('noMessagesWhy')}</p>
              </Empty>
            ) : (
              phones.map((phone) => (
                <PhoneCard
                  key={`${phone.home}/${phone.contact ?? phone.staff}`}
                  phone={phone}
                  onSent={answer.reload}
                />
              ))
            )
          }
        </Answered>
      </Main>
    </>
  )
}
