import { useTranslation } from 'react-i18next'
import { useParams } from 'wouter'
import type { Certificate, VisitSensorView } from '../../model/visit.ts'
import { useLanguage } from '../language.tsx'
import { Answered } from '../parts/answered.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Status } from '../parts/status.tsx'
import type { Language } from '../words/words.ts'
import { useApi } from '../use-api.ts'
import { AlarmLegs } from './alarm-legs.tsx'
import { sayValue } from './say-value.ts'
import { SensorFacts, SensorPlace, SensorWarnings } from './sensor-facts.tsx'
import './visit.css'

/** What a visit proved, to be read and printed. */
export function CertificatePage() {
  const { id = '', certificate = '' } = useParams<{ id: string; certificate: string }>()
  const { t } = useTranslation('visit')
  const { language } = useLanguage()
  const path = `/api/homes/${encodeURIComponent(id)}/certificates/${encodeURIComponent(certificate)}`
  const answer = useApi<Certificate>(path)
  const known = answer.data
  return (
    <>
      <PageHeader
        title={known && t('certificate.title', { home: known.label ?? known.home })}
        back={{ href: `/homes/${encodeURIComponent(id)}`, text: known?.label ?? id }}
        {...(known && { sentence: <Sentence of={known} /> })}
      >
        {known && (
          <>
            <a className="button" href={`${path}/pdf?language=${language}`} target="_blank" rel="noreferrer">
              {t('certificate.pdf')}
            </a>
            <button type="button" onClick={() => print()}>
              {t('certificate.print')}
            </button>
          </>
        )}
      </PageHeader>
      <Main className="certificate">
        <Answered answer={answer}>{(one) => <CertificateText of={one} />}</Answered>
      </Main>
    </>
  )
}

function Sentence({ of }: { readonly of: Certificate }) {
  const { t } = useTranslation('visit')
  const { language } = useLanguage()
  const proven = of.visit.sensors.filter(({ state }) => state === 'proven').length
  return (
    <Status tone={of.forced ? 'medium' : 'well'}>
      {t(of.forced ? 'certificate.forcedSentence' : 'certificate.sentence', {
        proven,
        count: of.visit.sensors.length,
        due: day(of.due, of.timezone, language),
      })}
    </Status>
  )
}

function CertificateText({ of }: { readonly of: Certificate }) {
  const { t } = useTranslation('visit')
  const { language } = useLanguage()
  const { visit, forced, note, timezone } = of
  const facts: readonly (readonly [string, string])[] = [
    [t('certificate.home'), [of.label, of.home].filter(Boolean).join(' · ')],
    ...(of.area === undefined ? [] : [[t('home.area'), of.area] as const]),
    [t('certificate.at'), moment(of.at, timezone, language)],
    [t('certificate.by'), of.byName ?? of.by.replace(/^\w+:/, '')],
    [t('certificate.due'), day(of.due, timezone, language)],
    [t('certificate.gateways'), visit.gateways.map(({ id }) => id).join(', ') || '–'],
    ...(note === undefined ? [] : [[t('finish.note'), note] as const]),
  ]
  return (
    <>
      <dl className="visit-facts">
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {forced && (
        <section>
          <h2>{t('certificate.forced')}</h2>
          <p className="notice">{forced.reason}</p>
          <ul>
            {forced.missing.map((one) => (
              <li key={`${one.code} ${one.sensor}`}>
                <Status tone="medium">{one[language]}</Status>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2>{t('certificate.sensors')}</h2>
        <ul className="visit-lines">
          {visit.sensors.map((one) => (
            <li key={one.sensor}>
              <Status tone={one.state === 'proven' ? 'well' : 'unknown'}>
                <b>{one.sensor}</b>{' '}
                {t(one.state === 'proven' ? 'certificate.proven' : 'certificate.notProven')}
              </Status>
              <SensorPlace sensor={one} withAddress />
              <ProvenSteps sensor={one} timezone={timezone} />
              <span className="facts muted">
                <SensorFacts sensor={one} />
              </span>
              <SensorWarnings of={one} />
            </li>
          ))}
        </ul>
      </section>
      {visit.alarm && (
        <section>
          <h2>{t('alarm.title')}</h2>
          {visit.alarm.seconds !== undefined && (
            <p className="large">{t('alarm.works', { seconds: visit.alarm.seconds })}</p>
          )}
          <AlarmLegs legs={visit.alarm.legs} timeOf={(at) => seconds1(at, timezone, language)} />
        </section>
      )}
      <p className="muted fine">
        {t('certificate.fine', { id: of.id, version: of.hub.version, hash: of.sha256.slice(0, 16) })}
      </p>
    </>
  )
}

function ProvenSteps({ sensor, timezone }: { readonly sensor: VisitSensorView; readonly timezone: string }) {
  const { language } = useLanguage()
  if (sensor.steps.length === 0) return sensor.nothing ? <span>{sensor.nothing[language]}</span> : undefined
  return (
    <ul className="proven-steps">
      {sensor.steps.map(({ ask, expect, provenAt, value }) => (
        <li key={ask.en}>
          {ask[language]}
          {provenAt !== undefined && (
            <span>
              {' → '}
              {sayValue(expect.kind, value, language)}{' '}
              <span className="muted">{seconds1(provenAt, timezone, language)}</span>
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

const LOCALES: Readonly<Record<Language, string>> = { nb: 'nb-NO', en: 'en-GB' }

const day = (at: number, timeZone: string, language: Language): string =>
  new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeZone }).format(at)

const moment = (at: number, timeZone: string, language: Language): string =>
  new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeStyle: 'short', timeZone }).format(at)

const seconds1 = (at: number, timeZone: string, language: Language): string =>
  new Intl.DateTimeFormat(LOCALES[language], { timeStyle: 'medium', timeZone }).format(at)
