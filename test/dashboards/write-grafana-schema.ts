import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGenerator } from 'ts-json-schema-generator'

/**
 * Writes the JSON schema of Grafana's own types; again after a new version of @grafana/schema:
 * node test/dashboards/write-grafana-schema.ts
 */
const ROOT = join(import.meta.dirname, '../..')
const manifest = readFileSync(join(ROOT, 'node_modules/@grafana/schema/package.json'), 'utf8')
const { version } = JSON.parse(manifest) as { version: string }
const generator = createGenerator({
  path: join(import.meta.dirname, 'grafana-types.ts'),
  type: 'Grafana',
  // The options of every panel are called Options.
  expose: 'none',
  topRef: false,
  jsDoc: 'none',
  skipTypeCheck: true,
})
const schema = { $comment: `@grafana/schema ${version}`, ...generator.createSchema('Grafana') }
writeFileSync(join(import.meta.dirname, 'grafana.schema.json'), `${JSON.stringify(schema, null, 1)}\n`)
