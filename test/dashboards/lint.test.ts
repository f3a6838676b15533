import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { UIDS } from '../../dashboards/frame.ts'
import { BACKGROUND, LINE } from '../../dashboards/palette.ts'
import { SEVERITIES } from '../../hub/model/alert.ts'
import { madeDashboards } from './made.ts'
import type { DashboardJson, PanelJson } from './made.ts'

interface Schema {
  readonly properties?: Record<string, Schema>
  readonly items?: Schema
}
const schemas = JSON.parse(readFileSync(join(import.meta.dirname, 'grafana.schema.json'), 'utf8')) as {
  $comment: string
  properties: Record<string, Schema>
}
/** The type knows annotations of Grafana's own database only; those of a data source keep their query there. */
const annotation = schemas.properties['dashboard']?.properties?.['annotations']?.properties?.['list']?.items
if (annotation?.properties === undefined) throw new Error('The schema of annotations is not where it was')
annotation.properties['target'] = {}

const ajv = new Ajv({ strict: false, allErrors: true })
const validators = new Map<string, ReturnType<typeof ajv.compile>>()

const made = await madeDashboards()
const named = made.map((one) => [one.file, one] as const)

/** What Grafana fills in by itself, in queries, links and names of series. */
const BUILT_IN = /^(__.+|timeFilter|interval|tag_\w+)$/

describe('every dashboard', () => {
  it('is there in both languages under its fixed uid', () => {
    for (const language of ['en', 'nb']) {
      const uids = made.filter((one) => one.language === language).map((one) => one.dashboard.uid)
      expect(uids.toSorted()).toEqual([
        'aal-alerts',
        'aal-areas',
        'aal-devices',
        'aal-home',
        'aal-hub',
        'aal-response',
      ])
    }
  })

  it('asks the same in both languages', () => {
    const queries = (language: string) =>
      made.filter((one) => one.language === language).map((one) => queriesOf(one.dashboard))
    expect(queries('nb')).toEqual(queries('en'))
  })

  it.each(named)('%s is of the form of Grafana’s own types', (_, { json, dashboard }) => {
    expect(faultsOf('dashboard', json)).toEqual([])
    for (const { type, title, options, fieldConfig } of dashboard.panels) {
      expect(faultsOf(`${type}/options`, options), title).toEqual([])
      if (type !== 'stat') expect(faultsOf(`${type}/custom`, fieldConfig.defaults.custom), title).toEqual([])
    }
  })

  it.each(named)(
    '%s is read-only, refreshed every 10 s, in the time of whoever looks',
    (_, { dashboard }) => {
      expect(dashboard).toMatchObject({
        editable: false,
        refresh: '10s',
        timezone: 'browser',
        schemaVersion: 42,
        time: { to: 'now' },
        tags: ['aal'],
      })
      expect(dashboard.description).toMatch(/[.?]$/)
      // The package hides links in a menu unless told otherwise.
      for (const link of dashboard.links) expect(link).not.toHaveProperty('placement')
    },
  )

  it.each(named)(
    '%s defines the variables that it uses, and uses those that it defines',
    (_, { dashboard }) => {
      const { templating, ...rest } = dashboard
      const defined = templating.list.map(({ name }) => name)
      const used = new Set([
        ...variablesIn(rest),
        ...templating.list.flatMap(({ query }) => variablesIn(query)),
      ])
      expect(defined.toSorted()).toEqual([...used].toSorted())
    },
  )

  it.each(named)('%s has panels that say what they are, and what to do', (_, { dashboard }) => {
    expect(dashboard.panels.length).toBeGreaterThan(5)
    for (const panel of dashboard.panels) {
      const { title, description, fieldConfig, datasource, targets } = panel
      expect(title, title).not.toBe('')
      // What it shows, and what to do: two sentences.
      expect(description.split(/[.:] /).length, `${title}: ${description}`).toBeGreaterThan(1)
      expect(fieldConfig.defaults.unit, title).toMatch(/./)
      expect(fieldConfig.defaults.noValue, title).toMatch(/./)
      expect([datasource, ...targets.map((one) => one.datasource)], title).toEqual(
        Array.from({ length: targets.length + 1 }, () => ({ type: 'influxdb', uid: 'aal-influx' })),
      )
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length)
    }
  })

  it.each(named)('%s has panels in rows that fill the page, each with an id', (_, { dashboard }) => {
    const { panels } = dashboard
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const cells = new Set<string>()
    for (const { title, gridPos } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells, `${title} lies on another panel`).not.toContain(`${x},${y}`)
          cells.add(`${x},${y}`)
        }
      }
    }
    const bottom = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h))
    expect(cells.size).toBe(24 * bottom)
  })

  it.each(named)('%s has links that lead somewhere', (_, { dashboard }) => {
    const urls = [
      ...dashboard.links.flatMap(({ url }) => url ?? []),
      ...dashboard.panels.flatMap((panel) => linksOf(panel)),
    ]
    const uids: readonly string[] = Object.values(UIDS)
    for (const url of urls) {
      const other = /^\/d\/([^?/]+)/.exec(url)?.[1]
      if (other !== undefined) expect(uids).toContain(other)
      // Raw: encoded, the address of the hub would be none.
      else
        expect(url).toMatch(
          /^\$\{hub:raw\}\/(system|shift|homes(\/\$\{home:percentencode\})?|alerts\/\$\{__value\.raw\})?$/,
        )
    }
  })

  it.each(named)(
    '%s has tables that show every column of their queries, none by its name in history',
    (_, one) => {
      for (const { title, targets, fieldConfig } of one.dashboard.panels.filter(
        ({ type }) => type === 'table',
      )) {
        const shown = new Map(
          fieldConfig.overrides.map(({ matcher, properties }) => [
            matcher.options,
            properties.find(({ id }) => id === 'displayName')?.value,
          ]),
        )
        for (const { query } of targets) {
          const columns = [...query.slice(0, query.indexOf(' FROM ')).matchAll(/ AS "(\w+)"/g)].map(
            ([, name]) => name,
          )
          const tag = / GROUP BY "(\w+)"$/.exec(query)?.[1]
          for (const column of [...columns, ...(tag === undefined ? [] : [tag])]) {
            expect(shown.get(column), `${title}: ${column}`).toMatch(/./)
          }
        }
      }
    },
  )
})

describe('the alert board', () => {
  it('leads from each open alert to its page in the console, where it is known who takes it', () => {
    const { dashboard } = made.find(({ file }) => file === 'en/alert-board.json') ?? {}
    const table = dashboard?.panels.find(({ title }) => title === 'Open alerts')
    expect(linksOf(table)).toContain('${hub:raw}/alerts/${__value.raw}')
    expect(dashboard?.templating.list).toMatchObject([
      { name: 'hub', type: 'textbox', query: 'http://localhost:8080' },
    ])
  })

  it('tells an empty list from a hub that does not write', () => {
    const { dashboard } = made.find(({ file }) => file === 'en/alert-board.json') ?? {}
    const writes = dashboard?.panels.find(({ title }) => title === 'Is this up to date?')
    expect(writes?.fieldConfig.defaults).toMatchObject({
      noValue: 'NO: THE HUB DOES NOT WRITE',
      thresholds: { steps: [{ value: null, color: BACKGROUND.high }, { value: 1 }, { value: 4 }] },
      mappings: [{ type: 'special', options: { match: 'null+nan', result: { color: BACKGROUND.high } } }],
    })
  })
})

it('the schema is of the version of Grafana’s types that is installed', () => {
  const manifest = JSON.parse(readFileSync('node_modules/@grafana/schema/package.json', 'utf8')) as {
    version: string
  }
  // Another one: node test/dashboards/write-grafana-schema.ts
  expect(schemas.$comment).toBe(`@grafana/schema ${manifest.version}`)
})

describe('the palette', () => {
  it.each(SEVERITIES)(
    'of %s can be read: text at 4.5:1 on its background, its line at 3:1 on dark and light',
    (severity) => {
      const background = BACKGROUND[severity]
      const text = brightness(background) > 180 ? '#202226' : '#f7f8fa'
      expect(contrast(background, text)).toBeGreaterThanOrEqual(4.5)
      for (const page of ['#181b1f', '#ffffff'])
        expect(contrast(LINE[severity], page)).toBeGreaterThanOrEqual(3)
    },
  )
})

function queriesOf({ panels, templating, annotations }: DashboardJson): readonly string[] {
  return [
    ...panels.flatMap(({ targets }) => targets.map(({ query }) => query)),
    ...templating.list.map(({ query }) => query),
    ...annotations.list.map((one) => one.target.query),
  ]
}

/** The names of all variables in all texts below a value. */
function variablesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    const found = [...value.matchAll(/\$(?:(\w+)|\{(\w+)[^}]*\})/g)].map(
      ([, bare, braced]) => bare ?? braced ?? '',
    )
    return found.filter((name) => !BUILT_IN.test(name))
  }
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap((one) => variablesIn(one))
    : []
}

function linksOf(panel: PanelJson | undefined): readonly string[] {
  const properties = panel?.fieldConfig.overrides.flatMap((one) => one.properties) ?? []
  return properties
    .filter(({ id }) => id === 'links')
    .flatMap(({ value }) => (value as { url: string }[]).map(({ url }) => url))
}

function brightness(hex: string): number {
  const [r = 0, g = 0, b = 0] = channels(hex)
  return (r * 299 + g * 587 + b * 114) / 1000
}

/** WCAG 2.2, contrast ratio. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = channels(hex)
    .map((channel) => channel / 255)
    .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function channels(hex: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
}

/** What does not fit one part of Grafana's types: `dashboard`, `table/options`. */
function faultsOf(part: string, value: unknown): readonly string[] {
  const [name = '', inner] = part.split('/')
  const whole = schemas.properties[name]
  const schema = inner === undefined ? whole : whole?.properties?.[inner]
  if (schema === undefined) return [`there is no schema of ${part}`]
  let validate = validators.get(part)
  if (validate === undefined) {
    validate = ajv.compile(schema)
    validators.set(part, validate)
  }
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
  )
}
