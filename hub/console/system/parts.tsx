import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { SystemState } from '../api-types.ts'
import { Status } from '../parts/status.tsx'
import { When } from '../parts/when.tsx'
import { span } from '../time.ts'
import { size } from './size.ts'

/** InfluxDB is written every second: less than this behind is not behind, milliseconds. */
const A_FEW_SECONDS = 5000

/** Every part with its figures, quietly: for whoever wants to know. */
export function Parts({ state }: { readonly state: SystemState }) {
  const { t } = useTranslation('system')
  const {
    broker,
    journal,
    retention,
    disk,
    history,
    live,
    channels,
    certificates,
    connectors,
    backup,
    deadMan,
    outboxAge,
    versions,
    now,
    writtenAgo,
  } = state
  return (
    <dl className="parts">
      <Part name={t('parts.broker')}>{t('broker', { count: broker.connections, most: broker.most })}</Part>
      <Part name={t('parts.journal')}>
        {t('journal', { count: journal.entries, size: size(journal.bytes) })} {t('written')}{' '}
        <When at={now - writtenAgo} />
      </Part>
      <Part name={t('parts.retention')}>
        {retention === undefined ? (
          t('notRetained')
        ) : (
          <>
            {removed(retention.removed) === 0
              ? t('retainedNone')
              : t('retained', { count: removed(retention.removed) })}{' '}
            <When at={retention.at} />
          </>
        )}
      </Part>
      <Part name={t('parts.disk')}>
        {disk ? t('disk', { free: size(disk.free), total: size(disk.total) }) : t('diskUnknown')}
      </Part>
      <Part name={t('parts.history')}>
        {!history
          ? t('historyOfJournal')
          : history.error !== undefined
            ? t('historyFails', { error: history.error })
            : history.since === undefined || now - history.since < A_FEW_SECONDS
              ? t('historyUp')
              : t('historyBehind', { time: span(now - history.since), count: history.waiting })}
      </Part>
      {live && (
        <Part name={t('parts.live')}>
          {live.failing ? t('liveDown', { time: span(now - live.failing.since) }) : t('liveUp')}
        </Part>
      )}
      <Part name={t('parts.messages')}>
        {outboxAge === 0 ? t('noneWaits') : t('waits', { time: span(outboxAge) })}
      </Part>
      <Part name={t('parts.channels')}>
        <ul>
          {channels.map(({ channel, kind, ok }) => (
            <li key={`${kind} ${channel}`}>
              <Status tone={ok ? 'well' : 'medium'}>
                {channel} ({t(`kinds.${kind}`)}): {ok ? t('channelUp') : t('channelDown')}
              </Status>
            </li>
          ))}
        </ul>
      </Part>
      <Part name={t('parts.certificates')}>
        {certificates.length === 0 ? (
          t('noCertificates')
        ) : (
          <ul>
            {certificates.map(({ use, validTo }) => (
              <li key={use}>{t('certificateUntil', { name: use, day: day(validTo) })}</li>
            ))}
          </ul>
        )}
      </Part>
      {connectors.length > 0 && (
        <Part name={t('parts.connectors')}>
          <ul>
            {connectors.map(({ connector, ok, since, lastMessageAt, unknown }) => (
              <li key={connector}>
                <Status tone={ok ? 'well' : 'medium'}>
                  {connector}: {ok ? t('connectorUp') : t('connectorDown')}
                </Status>{' '}
                <When at={ok ? (lastMessageAt ?? since) : since} />
                {unknown && <> {t('unknownMessages', { count: unknown.count })}</>}
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part name={t('parts.backup')}>
        {!backup ? (
          t('backupUnknown')
        ) : (
          <>
            {t('backupMade')} <When at={backup.madeAt} />
            {!backup.isEncrypted && <> {t('backupPlain')}</>}
          </>
        )}
      </Part>
      <Part name={t('parts.watch')}>
        {!deadMan ? t('watchedByNobody') : deadMan.toldAt === undefined ? t('neverTold') : t('told')}{' '}
        {deadMan?.toldAt !== undefined && <When at={deadMan.toldAt} />}
      </Part>
      <Part name={t('parts.versions')}>{t('versions', versions)}</Part>
    </dl>
  )
}

/** Of the year, too: it may be long until then. */
function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

function Part({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** Rows of all classes. */
function removed(byClass: Readonly<Record<string, number | undefined>>): number {
  return Object.values(byClass).reduce<number>((sum, count) => sum + (count ?? 0), 0)
}
