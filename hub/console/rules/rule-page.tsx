import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'wouter'
import type { RuleFiles, RuleInForce, RuleLoad, RulesStatus } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { Answered } from '../parts/answered.tsx'
import { Empty } from '../parts/empty.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'
import { useApi } from '../use-api.ts'
import { rateText } from './load.ts'
import { findRuleText } from './rule-text.ts'
import './rules.css'

/** One rule: why it is there, what it did in the last 30 days, and how it is written. */
export function RulePage() {
  const { t } = useTranslation(['rules', 'shared'])
  const { language } = useLanguage()
  const { rule: id = '' } = useParams<{ rule: string }>()
  const { areas } = useSession()
  const status = useApi<RulesStatus>('/api/rules')
  const load = useApi<RuleLoad>('/api/rules/load')
  const files = useApi<RuleFiles>('/api/rules/files')
  const rule = status.data?.rules.find((one) => one.id === id)
  const written = files.data && findRuleText(files.data.files, id)

  return (
    <>
      <PageHeader
        title={rule ? (rule.title[language] ?? rule.title['en']) : id}
        back={{ href: '/rules', text: t('back') }}
        {...(rule && {
          sentence: (
            <Status tone={rule.severity}>
              {t('severityOf', {
                severity: t(`shared:severity.${rule.severity}`),
                category: t(`categories.${rule.category}`),
                scope: t(`scopes.${rule.scope}`),
              })}
            </Status>
          ),
        })}
      >
        {written && areas === 'all' && (
          <Link href={`/rules/try?file=${encodeURIComponent(written.file)}`} className="button">
            {t('tryChange')}
          </Link>
        )}
      </PageHeader>
      <Main className="rules">
        <Answered answer={status}>
          {() =>
            rule ? (
              <>
                {written?.why !== undefined && (
                  <p className="why" lang="en">
                    {written.why}
                  </p>
                )}
                <section aria-labelledby="load">
                  <h2 id="load">{t('last30')}</h2>
                  <Answered answer={load}>{(known) => <Fired load={known} rule={rule} />}</Answered>
                </section>
                {Object.keys(rule.params).length > 0 && <Params rule={rule} />}
                <section aria-labelledby="text">
                  <h2 id="text">{t('text')}</h2>
                  <Answered answer={files}>
                    {() =>
                      written && (
                        <>
                          <p className="muted small">
                            {t('inFile', { file: `${written.file}:${written.line}` })}
                          </p>
                          <pre className="rule-text" tabIndex={0}>
                            {written.text}
                          </pre>
                        </>
                      )
                    }
                  </Answered>
                </section>
              </>
            ) : (
              <Empty text={t('noRule', { id })} />
            )
          }
        </Answered>
      </Main>
    </>
  )
}

function Fired({ load, rule }: { readonly load: RuleLoad; readonly rule: RuleInForce }) {
  const { t } = useTranslation(['rules', 'shared'])
  const { language } = useLanguage()
  const own = load.rules.find((one) => one.rule === rule.id)
  const limits = load.ownLimits.find((one) => one.rule === rule.id)?.homes ?? []
  const causes = Object.entries(own?.causes ?? {}).toSorted(([, a], [, b]) => b - a)
  return (
    <>
      <p>
        {t('firedCount', { count: own?.count ?? 0 })}
        {own?.per100 !== undefined && ` · ${t('perDay', { rate: rateText(own.per100, language) })}`}
        {own !== undefined && own.open > 0 && ` · ${t('stillOpen', { count: own.open })}`}
        {rule.held > 0 && ` · ${t('held', { count: rule.held })}`}
      </p>
      {own && (
        <div className="two">
          {causes.length > 0 && (
            <Table
              caption={t('cause')}
              rows={causes}
              keyOf={([cause]) => cause}
              columns={[
                { head: t('cause'), cell: ([cause]) => causeName(cause, t) },
                { head: t('alerts'), end: true, cell: ([, count]) => count },
              ]}
            />
          )}
          {own.homes.length > 0 && (
            <div>
              <Table
                caption={t('where')}
                rows={own.homes}
                keyOf={({ home }) => home}
                columns={[
                  {
                    head: t('home'),
                    cell: ({ home, label }) => (
                      <Link href={`/homes/${encodeURIComponent(home)}`}>{label ?? home}</Link>
                    ),
                  },
                  { head: t('alerts'), end: true, cell: ({ count }) => count },
                ]}
              />
              {own.homeCount > own.homes.length && (
                <p className="muted">{t('moreHomes', { count: own.homeCount - own.homes.length })}</p>
              )}
            </div>
          )}
        </div>
      )}
      {limits.length > 0 && (
        <p>
          {t('limits')}:{' '}
          {limits.map((home, index) => (
            <span key={home}>
              {index > 0 && ', '}
              <Link href={`/homes/${encodeURIComponent(home)}`}>{home}</Link>
            </span>
          ))}
        </p>
      )}
    </>
  )
}

function Params({ rule }: { readonly rule: RuleInForce }) {
  const { t } = useTranslation('rules')
  const show = (value: number | string, unit?: string): string =>
    unit === undefined ? `${value}` : `${value} ${unit}`
  return (
    <section aria-labelledby="params">
      <h2 id="params">{t('params')}</h2>
      <Table
        caption={t('params')}
        rows={Object.entries(rule.params)}
        keyOf={([name]) => name}
        columns={[
          { head: t('param'), cell: ([name]) => <code>{`${rule.id}.${name}`}</code> },
          { head: t('usual'), end: true, cell: ([, param]) => show(param.default, param.unit) },
          {
            head: t('bounds'),
            end: true,
            cell: ([, { min, max, unit }]) =>
              min !== undefined && max !== undefined && t('bound', { min, max: show(max, unit) }),
          },
        ]}
      />
    </section>
  )
}

const CAUSES = ['real', 'false', 'test', 'pet', 'visitor', 'equipment', 'other', 'cleared'] as const

function causeName(cause: string, t: (key: `shared:causes.${(typeof CAUSES)[number]}`) => string): string {
  const known = CAUSES.find((one) => one === cause)
  return known === undefined ? cause : t(`shared:causes.${known}`)
}
