import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { AlertStory, BoardAlert } from '../api-types.ts'
import { programOf, valueOf } from '../board/alert-title.ts'
import { useLanguage } from '../language.tsx'
import { SeverityMark } from '../parts/severity-mark.tsx'
import { When } from '../parts/when.tsx'
import { kindName, valueName } from '../words/names.ts'

/** The value and the limits that made it fire, the rule as it was written, and the same before. */
export function AlertWhy({ alert, story }: { readonly alert: BoardAlert; readonly story: AlertStory }) {
  const { t } = useTranslation(['alert', 'shared'])
  const { t: words } = useTranslation(['board', 'shared'])
  const { language } = useLanguage()
  const program = programOf(alert, words)
  const { kind, value, reason } = alert.detail
  const measured =
    valueOf(alert, language) ??
    (kind !== undefined && typeof value === 'string'
      ? `${kindName(kind, language)}: ${valueName(value, language)}`
      : undefined)
  return (
    <>
      <section aria-labelledby="why">
        <h2 id="why">{t('why')}</h2>
        <dl className="why">
          {measured !== undefined && (
            <div>
              <dt>{t('measured')}</dt>
              <dd>
                <b>{measured}</b>
                {reason !== undefined && <span className="muted"> {reason}</span>}
              </dd>
            </div>
          )}
          {program !== undefined && (
            <div>
              <dt>{t('raisedBy')}</dt>
              <dd>
                <b>{program}</b>
                {reason !== undefined && <span className="muted"> {reason}</span>}
              </dd>
            </div>
          )}
          {story.params !== undefined && story.params.length > 0 && (
            <div>
              <dt>{t('limitsNow')}</dt>
              <dd>
                {story.params
                  .map((one) => [`${one.name}:`, one.value, one.unit].filter(Boolean).join(' '))
                  .join(' · ')}
              </dd>
            </div>
          )}
        </dl>
        {story.rule && program === undefined ? (
          <details className="rule-text">
            <summary>{t('ruleAsWritten', { file: story.rule.file })}</summary>
            <pre tabIndex={0}>
              <code>{story.rule.text}</code>
            </pre>
          </details>
        ) : (
          <p className="muted">{t(program === undefined ? 'ruleUnknown' : 'fromProgram')}</p>
        )}
      </section>
      {alert.home !== undefined && (
        <section aria-labelledby="similar">
          <h2 id="similar">{t('similar')}</h2>
          {story.similar.length === 0 && <p className="muted">{t('noSimilar')}</p>}
          <ul className="open-alerts">
            {story.similar.map((one) => (
              <li key={one.id} data-severity={one.severity}>
                <SeverityMark severity={one.severity} filled={false} />
                <Link href={`/alerts/${encodeURIComponent(one.id)}`}>
                  <When at={one.raisedAt} timezone={alert.timezone} />
                </Link>
                <span className="muted">
                  {one.cause === undefined ? t('open') : t(`shared:causes.${one.cause}`)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}
