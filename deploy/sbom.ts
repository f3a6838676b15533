// The bill of materials of the hub: `npm run sbom` writes sbom.cdx.json (CycloneDX 1.6), the same for the same lockfile.
// `npm sbom` (11.19) leaves out a third of what package-lock.json has, nodemailer and tar among it, so it is read here.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'

const ROOT = join(import.meta.dirname, '..')

const lockSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
      peerDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
})

type Packages = z.output<typeof lockSchema>['packages']
type Part = 'hub' | 'console'

/** One package that comes along, and with what: installed beside the hub, or built into the console. */
interface Component {
  readonly path: string
  readonly part: Part
}

/**
 * @param consoleImports packages that the console is built from; they are development packages of the hub
 * @returns CycloneDX, in the order of names, without a time: byte by byte the same for the same lockfile
 */
export function sbomOf(lockText: string, consoleImports: readonly string[]): string {
  const { packages } = lockSchema.parse(JSON.parse(lockText))
  const root = packages[''] ?? {}
  const chosen = [
    ...Object.keys(packages)
      .filter((path) => path !== '' && isInstalled(packages[path]))
      .map((path): Component => ({ path, part: 'hub' })),
    ...[...closureOf(packages, consoleImports)]
      .filter((path) => !isInstalled(packages[path]))
      .map((path): Component => ({ path, part: 'console' })),
  ]
  const byRef = new Map(chosen.map((one) => [refOf(packages, one.path), one]))
  const sorted = [...byRef].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const hub = `${root.name ?? 'aal-hub'}@${root.version ?? '0'}`
  const refsOf = (path: string, names: readonly string[]): string[] =>
    names
      .flatMap((name) => resolve(packages, path, name) ?? [])
      .map((found) => refOf(packages, found))
      .filter((ref) => byRef.has(ref))
      .toSorted()
  const body = {
    components: sorted.map(([ref, { path, part }]) => componentOf(packages, path, ref, part)),
    dependencies: [
      { ref: hub, dependsOn: refsOf('', [...Object.keys(root.dependencies ?? {}), ...consoleImports]) },
      ...sorted.map(([ref, { path }]) => ({ ref, dependsOn: refsOf(path, wantsOf(packages, path)) })),
    ],
  }
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialOf(JSON.stringify([hub, body])),
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        'bom-ref': hub,
        type: 'application',
        name: root.name ?? 'aal-hub',
        version: root.version ?? '0',
        ...licensesOf(root.license),
      },
    },
    ...body,
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** As `npm ci --omit=dev --omit=optional` does, which makes the image. */
function isInstalled(one: Packages[string] | undefined): boolean {
  return one !== undefined && !one.dev && !one.optional && !one.devOptional
}

function closureOf(packages: Packages, names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (path: string): void => {
    if (found.has(path)) return
    found.add(path)
    for (const name of Object.keys(packages[path]?.dependencies ?? {})) {
      const next = resolve(packages, path, name)
      if (next !== undefined) visit(next)
    }
  }
  for (const name of names) {
    const path = resolve(packages, '', name)
    if (path === undefined) throw new Error(`Cannot find ${name} in package-lock.json`)
    visit(path)
  }
  return found
}

/** As Node does: in the package's own folder, then in each above it. */
function resolve(packages: Packages, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`
    if (packages[path]) return path
    if (at === '') return undefined
  }
}

function wantsOf(packages: Packages, path: string): string[] {
  const { dependencies = {}, peerDependencies = {} } = packages[path] ?? {}
  return [...new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)])]
}

function nameOf(packages: Packages, path: string): string {
  return packages[path]?.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

function refOf(packages: Packages, path: string): string {
  return `${nameOf(packages, path)}@${packages[path]?.version ?? ''}`
}

function componentOf(packages: Packages, path: string, ref: string, part: Part): object {
  const { version = '', license, integrity } = packages[path] ?? {}
  const name = nameOf(packages, path)
  return {
    'bom-ref': ref,
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    ...licensesOf(license),
    ...hashesOf(integrity),
    properties: [{ name: 'aal:part', value: part }],
  }
}

function licensesOf(license: string | undefined): object {
  if (license === undefined) return {}
  if (/^[A-Za-z0-9.+-]+$/.test(license)) return { licenses: [{ license: { id: license } }] }
  return license.startsWith('(')
    ? { licenses: [{ expression: license }] }
    : { licenses: [{ license: { name: license } }] }
}

const ALGORITHMS = { sha512: 'SHA-512', sha384: 'SHA-384', sha256: 'SHA-256', sha1: 'SHA-1' } as const

function hashesOf(integrity = ''): object {
  const hashes = integrity.split(' ').flatMap((one) => {
    const [algorithm = '', content = ''] = one.split(/-(.*)/s)
    const alg = ALGORITHMS[algorithm as keyof typeof ALGORITHMS]
    return alg === undefined ? [] : [{ alg, content: Buffer.from(content, 'base64').toString('hex') }]
  })
  return hashes.length === 0 ? {} : { hashes }
}

/** A UUID of version 8 [RFC 9562] out of the content: another one only when something changed. */
function serialOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Packages that files of the console import, by name: `react-dom/client` is react-dom. */
export function packagesOfConsole(folder = join(ROOT, 'hub/console')): readonly string[] {
  const names = new Set<string>()
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    // What builds it runs on the developer's machine.
    if (!/\.tsx?$/.test(file) || file === 'build.ts' || /^dist[\\/]/.test(file)) continue
    const text = readFileSync(join(folder, file), 'utf8')
    for (const [, name = ''] of text.matchAll(
      /^(?:import(?! type)|\} from) ?[^'\n]*'((?:@[\w.-]+\/)?[\w-][\w.-]*)(?:\/[^']*)?'/gm,
    )) {
      names.add(name)
    }
  }
  return [...names].toSorted()
}

export function readSbom(): string {
  return sbomOf(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'), packagesOfConsole())
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  })
  const file = positionals[0] ?? 'sbom.cdx.json'
  if (values.help)
    console.log('npm run sbom [-- FILE]: writes the bill of materials (default: sbom.cdx.json).')
  else {
    writeFileSync(file, readSbom())
    console.log(`Wrote ${file}.`)
  }
}
