import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { HUB_FINDINGS } from '../../hub/alerts/hub-findings.ts'
import { requireServer, serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const ROOT = join(import.meta.dirname, '../..')
const RULES = join(ROOT, 'deploy/prometheus/aal.rules.yml')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

interface PrometheusRule {
  readonly alert: string
  readonly expr: string
}
const { groups } = parse(readFileSync(RULES, 'utf8')) as { groups: { rules: PrometheusRule[] }[] }
const rules = groups.flatMap((group) => group.rules)

/** What the first cells of a table name, below a heading of docs/runbook.md. */
function rowsBelow(heading: string): string[] {
  const [, text = ''] = read('docs/runbook.md').split(`## ${heading}\n`)
  const [section = ''] = text.split('\n## ')
  return [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )
}

describe('docs/runbook.md', () => {
  it('has a row for each alert that the hub raises itself, by its title', () => {
    const heading = 'Alerts that the hub raises itself'
    expect(rowsBelow(heading).toSorted()).toEqual(Object.keys(HUB_FINDINGS).toSorted())
    const text = read('docs/runbook.md')
    const wrong = Object.entries(HUB_FINDINGS).filter(([id, { title }]) => {
      const shown = new RegExp(`^\\| \`${id}\` (.*?) \\|`, 'm').exec(text)?.[1] ?? ''
      return shown === '' || !title.en.startsWith(shown)
    })
    expect(wrong).toEqual([])
  })

  it('has a row for each check of "aal doctor"', () => {
    const folder = join(ROOT, 'hub/doctor')
    const code = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n')
    // Those with a name of their own: "port 1883", "certificate mqtt.tls".
    const checks = [
      ...code.matchAll(/findingsOf\(['`]([\w ]+?)(?: \$\{\w+\})?['`]\)|\bcheck: '([\w ]+)'/g),
    ].map(([, found, said]) => found ?? said)
    expect(new Set(rowsBelow('What `aal doctor` looks at'))).toEqual(new Set(checks))
    expect(checks.length).toBeGreaterThan(20)
  })

  it('has a row for each alert of Prometheus', () => {
    expect(rowsBelow('What Prometheus says')).toEqual(expect.arrayContaining(rules.map(({ alert }) => alert)))
  })
})

describe('deploy/prometheus/aal.rules.yml', () => {
  it('asks only for metrics that the hub has', () => {
    const own = new Set([...read('hub/metrics.ts').matchAll(/'(aal_\w+)'/g)].map(([, name = '']) => name))
    const asked = rules.flatMap(({ expr }) => expr.match(/\baal_\w+/g) ?? [])
    expect(asked.map((name) => name.replace(/_bucket$/, '')).filter((name) => !own.has(name))).toEqual([])
    expect(asked.length).toBeGreaterThan(10)
  })

  describe.skipIf(serverMissing('promtool'))('by promtool', () => {
    const promtool = (...args: readonly string[]) =>
      spawnSync(requireServer('promtool'), args, { encoding: 'utf8', cwd: ROOT })

    it('is a file of rules', () => {
      const text = execFileSync(requireServer('promtool'), ['check', 'rules', RULES], { encoding: 'utf8' })
      expect(text).toContain(`SUCCESS: ${rules.length} rules found`)
    })

    it('fires when something is wrong, and is quiet when nothing is', () => {
      const series = (name: string, values: string, labels = '') => ({
        series: `${name}{job="aal",instance="hub"${labels}}`,
        values,
      })
      const day = 86_400
      const well = [
        series('up', '1x120'),
        series('process_start_time_seconds', '1000x120'),
        series('aal_channel_up', '1x120', ',channel="kannel"'),
        series('aal_connections', '40x120'),
        series('nodejs_eventloop_lag_p99_seconds', '0.02x120'),
        series('process_resident_memory_bytes', '300000000x120'),
        series('aal_certificate_expires_seconds', `${60 * day}x120`, ',certificate="mqtt.tls"'),
        series('aal_backup_made_seconds', '1x120'),
        series('aal_history_lag_seconds', '1x120'),
        series('aal_hook_refusals_total', '3x120', ',channel="kannel"'),
      ]
      const wrong: Readonly<Record<string, ReturnType<typeof series>[]>> = {
        AalHubDown: [series('up', '1x100 0x20')],
        AalHubRestarts: [series('process_start_time_seconds', '1000x80 2000x10 3000x10 4000x10')],
        AalNoChannelWorks: [series('aal_channel_up', '1x100 0x20', ',channel="kannel"')],
        AalConnectorDown: [series('aal_connector_up', '1x100 0x20', ',connector="ttn"')],
        AalGatewaysLost: [series('aal_connections', '40x110 20x10')],
        AalHubBusy: [series('nodejs_eventloop_lag_p99_seconds', '2x120')],
        AalMemoryHigh: [series('process_resident_memory_bytes', '1800000000x120')],
        AalCommitsSlow: [
          series('aal_commit_seconds_bucket', '0+1x120', ',le="0.5"'),
          series('aal_commit_seconds_bucket', '0+10x120', ',le="1"'),
          series('aal_commit_seconds_bucket', '0+10x120', ',le="+Inf"'),
        ],
        AalCertificateEnds: [
          series('aal_certificate_expires_seconds', `${10 * day}x120`, ',certificate="mqtt.tls"'),
        ],
        AalHistoryBehind: [series('aal_history_lag_seconds', '1000x120')],
        AalHooksRefused: [series('aal_hook_refusals_total', '0+1x120', ',channel="kannel"')],
      }
      const only = (input: object[], fires: readonly string[]) => ({
        interval: '1m',
        input_series: input,
        promql_expr_test: [
          {
            expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
            eval_time: '2h',
            exp_samples: fires.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
          },
        ],
      })
      const replaced = (more: readonly { series: string }[]) => [
        ...well.filter((one) => !more.some((other) => other.series === one.series)),
        ...more,
      ]
      const file = join(tempDir('promtool'), 'test.yml')
      const backup = (made: string, at: string, fires: string) => ({
        interval: '5m',
        input_series: [series('aal_backup_made_seconds', made)],
        promql_expr_test: [
          {
            expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
            eval_time: at,
            exp_samples: fires === '' ? [] : [{ labels: `{alertname="${fires}"}`, value: 1 }],
          },
        ],
      })
      writeFileSync(
        file,
        stringify({
          rule_files: [RULES],
          evaluation_interval: '5m',
          tests: [
            only(well, []),
            ...Object.entries(wrong).map(([name, more]) =>
              only(replaced(more), name === 'AalNoChannelWorks' ? ['AalChannelDown', name] : [name]),
            ),
            backup('1x700', '49h', ''),
            backup('1x700', '52h', 'AalBackupOld'),
            backup('0x700', '47h', ''),
            backup('0x700', '50h', 'AalBackupNone'),
          ],
        }),
      )
      const { status, stdout, stderr } = promtool('test', 'rules', file)
      expect(status, stdout + stderr).toBe(0)
      expect(
        rules
          .map(({ alert }) => alert)
          .filter(
            (name) => !(name in wrong) && !['AalChannelDown', 'AalBackupOld', 'AalBackupNone'].includes(name),
          ),
      ).toEqual([])
    })
  })
})
