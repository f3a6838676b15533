import { expect, it } from 'vitest'
import type { SystemFacts } from '../../hub/model/system.ts'
import { judgeSystem } from '../../hub/watch/judge-system.ts'

const NOW = 10_000_000
const GB = 1024 ** 3
const DAY = 86_400_000
const WELL: SystemFacts = {
  heartbeat: { now: NOW, writtenAgo: 9_000, timerLate: 0, outboxAge: 0 },
  broker: { connections: 5, most: 10 },
  journal: { entries: 1, bytes: 1 },
  disk: { free: 20 * GB, total: 64 * GB, stage: 'ok' },
  history: { where: 'InfluxDB', seq: 9, waiting: 3, since: NOW - 2_000, refused: 0 },
  connectors: [],
  channels: [
    { channel: 'kannel', kind: 'sms', ok: true },
    { channel: 'twilio', kind: 'sms', ok: true },
    { channel: 'mail', kind: 'email', ok: true },
  ],
  certificates: [{ use: 'mqtt.tls', validTo: NOW + 31 * DAY }],
  gatewayCertificatesEnding: 0,
  backup: { madeAt: NOW - DAY, isEncrypted: true },
  deadMan: { toldAt: NOW - 1_000 },
  versions: { hub: '1', node: '24', sqlite: '3', schema: 1 },
}
const { deadMan: _, ...UNWATCHED } = WELL
const { backup: __, ...WITHOUT_BACKUP } = WELL

const CASES: readonly [string, SystemFacts, readonly object[]][] = [
  [
    'that the clock is too far ahead to remove by it',
    { ...WELL, retention: { at: Date.UTC(2032, 10, 30), removed: {}, countedFrom: Date.UTC(2026, 10, 22) } },
    [
      {
        problem: 'retention',
        severity: 'low',
        since: Date.UTC(2032, 10, 30),
        reason: expect.stringContaining('the clock says 2032-11-30, and the hub believes 2026-11-22'),
      },
    ],
  ],
  ['nothing, when all is well', WELL, []],
  [
    'that nothing is written',
    { ...WELL, heartbeat: { ...WELL.heartbeat, writtenAgo: 40_000 } },
    [{ problem: 'writes', severity: 'high', since: NOW - 40_000 }],
  ],
  [
    'that a message has not left',
    { ...WELL, heartbeat: { ...WELL.heartbeat, outboxAge: 700_000 } },
    [{ problem: 'messages', severity: 'high', since: NOW - 700_000 }],
  ],
  [
    'a disk that gets full',
    { ...WELL, disk: { free: GB, total: 64 * GB, stage: 'low' } },
    [{ problem: 'disk-low', severity: 'medium', amount: GB }],
  ],
  [
    'a disk that is full',
    { ...WELL, disk: { free: 1000, total: 64 * GB, stage: 'alarms-only' } },
    [{ problem: 'disk-full', severity: 'high', amount: 1000 }],
  ],
  [
    'a certificate that ends within 30 days, one that has, and a new one that cannot be used',
    {
      ...WELL,
      certificates: [
        { use: 'mqtt.tls', validTo: NOW + 29.5 * DAY },
        { use: 'http.tls', validTo: NOW - 1, refused: { at: NOW - 5, reason: 'it expired' } },
      ],
      gatewayCertificatesEnding: 2,
    },
    [
      { problem: 'certificate-over', severity: 'high', name: 'http.tls', since: NOW - 1 },
      {
        problem: 'certificate-refused',
        severity: 'medium',
        name: 'http.tls',
        since: NOW - 5,
        reason: 'it expired',
      },
      { problem: 'certificate-ends', severity: 'medium', name: 'mqtt.tls', amount: 29 },
      { problem: 'gateway-certificates-end', severity: 'medium', amount: 2 },
    ],
  ],
  [
    'one channel that is down, and why',
    {
      ...WELL,
      channels: WELL.channels.map((one) =>
        one.channel === 'mail' ? { ...one, ok: false, error: 'no' } : one,
      ),
    },
    [{ problem: 'channel', severity: 'medium', name: 'mail', reason: 'no' }],
  ],
  [
    'a connector that is cut for a minute, and why',
    {
      ...WELL,
      connectors: [
        { connector: 'ttn', ok: false, since: NOW - 60_000, error: 'no' },
        { connector: 'city', ok: false, since: NOW - 59_000 },
        { connector: 'annex', ok: true, since: 1 },
      ],
    },
    [{ problem: 'connector', severity: 'medium', name: 'ttn', since: NOW - 60_000, reason: 'no' }],
  ],
  [
    'first that no SMS goes out',
    { ...WELL, channels: WELL.channels.map((one) => ({ ...one, ok: one.kind !== 'sms' })) },
    [
      { problem: 'no-sms-works', severity: 'high' },
      { problem: 'channel', severity: 'medium', name: 'kannel' },
      { problem: 'channel', severity: 'medium', name: 'twilio' },
    ],
  ],
  [
    'that InfluxDB is behind, which is less than rules that are refused',
    {
      ...WELL,
      history: {
        where: 'InfluxDB',
        seq: 9,
        waiting: 9,
        since: NOW - 240_000,
        error: 'ECONNREFUSED',
        refused: 0,
      },
      rulesRefused: { at: NOW - 5, files: ['a.yaml'] },
    },
    [
      { problem: 'rules', severity: 'medium', since: NOW - 5, reason: 'a.yaml' },
      { problem: 'history', severity: 'low', since: NOW - 240_000, amount: 9, reason: 'ECONNREFUSED' },
    ],
  ],
  [
    'points that InfluxDB refused',
    { ...WELL, history: { where: 'InfluxDB', seq: 9, waiting: 0, refused: 4 } },
    [{ problem: 'history-refused', severity: 'low', amount: 4 }],
  ],
  [
    'that Grafana Live has taken nothing for a minute',
    { ...WELL, live: { pushed: 3, dropped: 0, failing: { since: NOW - 60_000, error: 'it answered 503' } } },
    [{ problem: 'grafana-live', severity: 'low', since: NOW - 60_000, reason: 'it answered 503' }],
  ],
  [
    'nothing of a Grafana that has just gone away',
    { ...WELL, live: { pushed: 3, dropped: 0, failing: { since: NOW - 59_000, error: 'it answered 503' } } },
    [],
  ],
  [
    'that the newest backup is older than two days',
    { ...WELL, backup: { madeAt: NOW - 2.1 * DAY, isEncrypted: true } },
    [{ problem: 'backup-old', severity: 'low', since: NOW - 2.1 * DAY }],
  ],
  [
    'what listens without TLS where others reach it',
    { ...WELL, plain: [{ setting: 'mqtt', host: '10.0.0.2' }] },
    [{ problem: 'plain', severity: 'info', name: 'mqtt (10.0.0.2)' }],
  ],
  ['that no backup is known of', WITHOUT_BACKUP, [{ problem: 'no-backup', severity: 'info' }]],
  [
    'that no more gateways can connect',
    { ...WELL, broker: { connections: 10, most: 10 } },
    [{ problem: 'connections', severity: 'medium', amount: 10 }],
  ],
  [
    'that the service outside cannot be told',
    { ...WELL, deadMan: { toldAt: 5, error: 'it answered 500' } },
    [{ problem: 'dead-man', severity: 'medium', since: 5, reason: 'it answered 500' }],
  ],
  [
    'what is not set up, as no more than a remark',
    { ...UNWATCHED, channels: [{ channel: 'phone', kind: 'sms', ok: true }] },
    [
      { problem: 'no-dead-man', severity: 'info' },
      { problem: 'phone-page', severity: 'info' },
    ],
  ],
]

it.each(CASES)('judgeSystem says %s', (_name, facts, problems) => {
  expect(judgeSystem(facts)).toEqual(problems)
})
