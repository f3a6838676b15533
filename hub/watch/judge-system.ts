import { SEVERITIES } from '../model/alert.ts'
import { PROBLEMS } from '../model/system.ts'
import type { SystemFacts, SystemProblem } from '../model/system.ts'
import { judgeHeartbeat } from './judge-heartbeat.ts'

/** InfluxDB gets what happened within a second or so: a restart of it is no news. */
const HISTORY_BEHIND = 60_000
/** A broker of others that restarts is no news. */
const CONNECTOR_CUT = 60_000
const DAY = 86_400_000
/** Time enough to have one renewed. */
export const CERTIFICATE_ENDS = 30 * DAY
/** One a day, and some patience. */
export const BACKUP_OLD = 50 * 3_600_000

/** What is not as it should be, what harms people most first. */
export function judgeSystem(facts: SystemFacts): readonly SystemProblem[] {
  return [
    ...heartbeatProblems(facts),
    ...diskProblems(facts),
    ...channelProblems(facts),
    ...certificateProblems(facts),
    ...connectorProblems(facts),
    ...otherProblems(facts),
    ...(facts.plain ?? []).map(({ setting, host }): SystemProblem => ({
      problem: 'plain',
      severity: 'info',
      name: `${setting} (${host})`,
    })),
  ].toSorted(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      PROBLEMS.indexOf(a.problem) - PROBLEMS.indexOf(b.problem),
  )
}

function heartbeatProblems({ heartbeat }: SystemFacts): SystemProblem[] {
  const judged = judgeHeartbeat(heartbeat)
  return judged.well ? [] : [{ problem: judged.what, severity: 'high', since: heartbeat.now - judged.since }]
}

function diskProblems({ disk }: SystemFacts): SystemProblem[] {
  if (!disk || disk.stage === 'ok') return []
  const { free: amount, stage } = disk
  return stage === 'low' || stage === 'no-history'
    ? [{ problem: 'disk-low', severity: 'medium', amount }]
    : [{ problem: 'disk-full', severity: 'high', amount }]
}

function channelProblems({ channels }: SystemFacts): SystemProblem[] {
  const sms = channels.filter(({ kind }) => kind === 'sms')
  const noSms = sms.length > 0 && sms.every(({ ok }) => !ok)
  return [
    ...(noSms ? [{ problem: 'no-sms-works', severity: 'high' } as const] : []),
    ...channels
      .filter(({ ok }) => !ok)
      .map(({ channel, error }): SystemProblem => ({
        problem: 'channel',
        severity: 'medium',
        name: channel,
        ...(error !== undefined && { reason: error }),
      })),
    ...(sms.every(({ channel }) => channel === 'phone')
      ? [{ problem: 'phone-page', severity: 'info' } as const]
      : []),
  ]
}

function certificateProblems(facts: SystemFacts): SystemProblem[] {
  const { now } = facts.heartbeat
  const ending = facts.gatewayCertificatesEnding
  return [
    ...facts.certificates.flatMap(({ use, validTo, refused }): SystemProblem[] => {
      const left = validTo - now
      return [
        ...(refused
          ? [
              {
                problem: 'certificate-refused',
                severity: 'medium',
                name: use,
                since: refused.at,
                reason: refused.reason,
              } as const,
            ]
          : []),
        ...(left <= 0
          ? [{ problem: 'certificate-over', severity: 'high', name: use, since: validTo } as const]
          : left < CERTIFICATE_ENDS
            ? [
                {
                  problem: 'certificate-ends',
                  severity: 'medium',
                  name: use,
                  amount: Math.floor(left / DAY),
                } as const,
              ]
            : []),
      ]
    }),
    ...(ending > 0
      ? [{ problem: 'gateway-certificates-end', severity: 'medium', amount: ending } as const]
      : []),
  ]
}

function connectorProblems({ connectors, heartbeat }: SystemFacts): SystemProblem[] {
  return connectors
    .filter(({ ok, since }) => !ok && heartbeat.now - since >= CONNECTOR_CUT)
    .map(({ connector, since, error }) => ({
      problem: 'connector',
      severity: 'medium',
      name: connector,
      since,
      ...(error !== undefined && { reason: error }),
    }))
}

function otherProblems(facts: SystemFacts): SystemProblem[] {
  const { heartbeat, broker, history, deadMan, rulesRefused } = facts
  const problems: SystemProblem[] = []
  if (broker.connections >= broker.most) {
    problems.push({ problem: 'connections', severity: 'medium', amount: broker.most })
  }
  if (rulesRefused) {
    const { at, files } = rulesRefused
    problems.push({
      problem: 'rules',
      severity: 'medium',
      since: at,
      ...(files.length > 0 && { reason: files.join(', ') }),
    })
  }
  if (!deadMan) problems.push({ problem: 'no-dead-man', severity: 'info' })
  else if (deadMan.error !== undefined) {
    problems.push({
      problem: 'dead-man',
      severity: 'medium',
      reason: deadMan.error,
      ...(deadMan.toldAt !== undefined && { since: deadMan.toldAt }),
    })
  }
  if (history?.since !== undefined && heartbeat.now - history.since >= HISTORY_BEHIND) {
    problems.push({
      problem: 'history',
      severity: 'low',
      since: history.since,
      amount: history.waiting,
      ...(history.error !== undefined && { reason: history.error }),
    })
  }
  if (history && history.refused > 0) {
    problems.push({ problem: 'history-refused', severity: 'low', amount: history.refused })
  }
  if (facts.retention?.failed !== undefined) {
    const { at, failed } = facts.retention
    problems.push({ problem: 'retention', severity: 'low', since: at, reason: failed })
  } else if (facts.retention?.countedFrom !== undefined) {
    const { at, countedFrom } = facts.retention
    const reason = `the clock says ${dayOf(at)}, and the hub believes ${dayOf(countedFrom)}: if the clock is right, it catches up by itself`
    problems.push({ problem: 'retention', severity: 'low', since: at, reason })
  }
  const { live } = facts
  if (live?.failing && heartbeat.now - live.failing.since >= HISTORY_BEHIND) {
    const { since, error } = live.failing
    problems.push({ problem: 'grafana-live', severity: 'low', since, reason: error })
  }
  const { backup } = facts
  if (!backup) problems.push({ problem: 'no-backup', severity: 'info' })
  else if (heartbeat.now - backup.madeAt >= BACKUP_OLD) {
    problems.push({ problem: 'backup-old', severity: 'low', since: backup.madeAt })
  }
  return problems
}

/** @param time ms */
function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
