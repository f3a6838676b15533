import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { DATA_SOURCE } from '../../dashboards/influxql.ts'

const FOLDER = join(import.meta.dirname, '../../dashboards/provisioning')

/** Keys as Grafana's documentation has them (Provision Grafana; Alerting, file provisioning); no others. */
const dataSources = z.strictObject({
  apiVersion: z.literal(1),
  prune: z.boolean(),
  datasources: z.array(
    z.strictObject({
      name: z.string(),
      uid: z.string(),
      type: z.literal('influxdb'),
      access: z.literal('proxy'),
      url: z.string(),
      user: z.string().optional(),
      isDefault: z.boolean(),
      editable: z.literal(false),
      jsonData: z.strictObject({
        version: z.literal('InfluxQL'),
        dbName: z.string(),
        httpMode: z.enum(['GET', 'POST']),
        timeInterval: z.string(),
        maxSeries: z.number(),
        httpHeaderName1: z.string().optional(),
      }),
      secureJsonData: z.union([
        z.strictObject({ password: z.string() }),
        z.strictObject({ httpHeaderValue1: z.string().startsWith('Token ') }),
      ]),
    }),
  ),
})
const providers = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string(),
      orgId: z.number(),
      folder: z.string(),
      folderUid: z.string(),
      type: z.literal('file'),
      disableDeletion: z.boolean(),
      updateIntervalSeconds: z.number(),
      allowUiUpdates: z.literal(false),
      options: z.strictObject({ path: z.string(), foldersFromFilesStructure: z.boolean() }),
    }),
  ),
})
const duration = z.string().regex(/^\d+[smh]$/)
const expression = z.strictObject({ type: z.literal('__expr__'), uid: z.literal('__expr__') })
const states = {
  noDataState: z.enum(['NoData', 'Alerting', 'OK']),
  execErrState: z.enum(['Error', 'Alerting', 'OK']),
}
const step = z.union([
  z.strictObject({
    refId: z.string(),
    relativeTimeRange: z.strictObject({ from: z.number(), to: z.literal(0) }),
    datasourceUid: z.literal(DATA_SOURCE.uid),
    model: z.strictObject({
      refId: z.string(),
      datasource: z.strictObject({ type: z.literal('influxdb'), uid: z.literal(DATA_SOURCE.uid) }),
      rawQuery: z.literal(true),
      resultFormat: z.literal('time_series'),
      query: z.string(),
    }),
  }),
  z.strictObject({
    refId: z.string(),
    datasourceUid: z.literal('__expr__'),
    model: z.discriminatedUnion('type', [
      z.strictObject({
        refId: z.string(),
        type: z.literal('reduce'),
        reducer: z.literal('last'),
        expression: z.string(),
        datasource: expression,
      }),
      z.strictObject({
        refId: z.string(),
        type: z.literal('threshold'),
        expression: z.string(),
        datasource: expression,
        conditions: z
          .array(
            z.strictObject({
              evaluator: z.strictObject({
                type: z.enum(['gt', 'lt']),
                params: z.array(z.number()).length(1),
              }),
            }),
          )
          .length(1),
      }),
    ]),
  }),
])
const alerting = z.strictObject({
  apiVersion: z.literal(1),
  contactPoints: z.array(
    z.strictObject({
      orgId: z.literal(1),
      name: z.string(),
      receivers: z.array(
        z.strictObject({
          uid: z.string().max(40),
          type: z.literal('webhook'),
          disableResolveMessage: z.literal(false),
          settings: z.strictObject({
            url: z.string(),
            httpMethod: z.literal('POST'),
            authorization_scheme: z.literal('Bearer'),
            authorization_credentials: z.string(),
            maxAlerts: z.string().regex(/^\d+$/),
          }),
        }),
      ),
    }),
  ),
  policies: z.array(
    z.strictObject({
      orgId: z.literal(1),
      receiver: z.string(),
      group_by: z.array(z.string()),
      group_wait: duration,
      group_interval: duration,
      repeat_interval: duration,
    }),
  ),
  groups: z.array(
    z.strictObject({
      orgId: z.literal(1),
      name: z.string(),
      folder: z.string(),
      interval: duration,
      rules: z.array(
        z.strictObject({
          uid: z.string().max(40),
          title: z.string(),
          condition: z.string(),
          for: duration,
          ...states,
          // The hub shows so much of it as the title of its alert.
          annotations: z.strictObject({ summary: z.string().max(120), description: z.string().max(500) }),
          labels: z.strictObject({ severity: z.enum(['medium', 'low', 'info']) }),
          data: z.array(step),
        }),
      ),
    }),
  ),
})

const FILES = {
  'datasources/aal.yaml': dataSources,
  'datasources/aal-token.yaml.example': dataSources,
  'dashboards/aal.yaml': providers,
  'alerting/aal.yaml': alerting,
} as const

describe('provisioning', () => {
  it('is these files, each with keys that Grafana knows', () => {
    const found = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(FOLDER.length + 1))
    expect(found.toSorted()).toEqual(Object.keys(FILES).toSorted())
    for (const [name, schema] of Object.entries(FILES)) {
      const read = schema.safeParse(contentOf(name))
      expect(read.success ? [] : read.error.issues, name).toEqual([])
    }
  })

  it('has one data source, in two ways, of which Grafana reads one', () => {
    const both = (['datasources/aal.yaml', 'datasources/aal-token.yaml.example'] as const).map(
      (name) => dataSources.parse(contentOf(name)).datasources,
    )
    for (const sources of both) {
      expect(sources).toMatchObject([{ uid: DATA_SOURCE.uid, type: DATA_SOURCE.type, isDefault: true }])
      expect(sources[0]?.jsonData.dbName).toBe('aal')
    }
    expect(readdirSync(join(FOLDER, 'datasources')).filter((name) => /\.ya?ml$/.test(name))).toEqual([
      'aal.yaml',
    ])
  })

  it('asks for nothing but what docker-compose.yml gives Grafana', () => {
    const compose = z
      .looseObject({
        services: z.looseObject({
          grafana: z.looseObject({
            environment: z.record(z.string(), z.string()),
            volumes: z.array(
              z.union([z.string(), z.looseObject({ source: z.string(), target: z.string() })]),
            ),
          }),
        }),
      })
      .parse(parse(readFileSync('docker-compose.yml', 'utf8')))
    const { environment, volumes } = compose.services.grafana
    // Comments may name others.
    const texts = Object.keys(FILES).map((name) => JSON.stringify(contentOf(name)))
    const wanted = texts.flatMap((text) =>
      [...text.matchAll(/\$(?!__file)(\w+)/g)].map(([, name]) => name ?? ''),
    )
    expect(new Set(wanted)).toEqual(new Set(['INFLUX_URL', 'HUB_URL']))
    expect(Object.keys(environment)).toEqual(expect.arrayContaining([...new Set(wanted)]))
    const targets = volumes.map((volume) =>
      typeof volume === 'string' ? volume.split(':')[1] : volume.target,
    )
    expect(targets).toEqual(
      expect.arrayContaining(['/etc/grafana/provisioning', '/etc/aal/dashboards', '/run/secrets']),
    )
    const secrets = texts.flatMap((text) =>
      [...text.matchAll(/\$__file\{([^}]+)\}/g)].map(([, path]) => path),
    )
    expect(new Set(secrets)).toEqual(new Set(['/run/secrets/influxdb-read', '/run/secrets/hub-token']))
  })

  it('sends alerts to the hub, each by a threshold on a figure of its query', () => {
    const { contactPoints, policies, groups } = alerting.parse(contentOf('alerting/aal.yaml'))
    expect(contactPoints[0]?.receivers[0]?.settings.url).toBe('$HUB_URL/api/hooks/grafana')
    expect(policies.map(({ receiver }) => receiver)).toEqual([contactPoints[0]?.name])
    const rules = groups.flatMap((group) => group.rules)
    expect(rules.map(({ uid }) => uid)).toEqual(['aal-hub-not-writing', 'aal-history-behind'])
    for (const { data, condition } of rules) {
      expect(data.map(({ refId }) => refId)).toEqual(['A', 'B', 'C'])
      expect(data.map(({ model }) => model.refId)).toEqual(['A', 'B', 'C'])
      expect(data.map(({ model }) => ('expression' in model ? model.expression : ''))).toEqual(['', 'A', 'B'])
      expect(condition).toBe('C')
    }
  })
})

function contentOf(name: string): unknown {
  return parse(readFileSync(join(FOLDER, name), 'utf8'))
}
