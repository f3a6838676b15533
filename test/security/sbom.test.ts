import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packagesOfConsole, readSbom, sbomOf } from '../../deploy/sbom.ts'
import packageJson from '../../package.json' with { type: 'json' }

interface Locked {
  readonly version: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly devOptional?: boolean
}
interface Sbom {
  readonly serialNumber: string
  readonly components: readonly {
    readonly name: string
    readonly version: string
    readonly purl: string
    readonly hashes: readonly { readonly alg: string; readonly content: string }[]
    readonly properties: readonly { readonly value: string }[]
  }[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

const lockText = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')
const { packages } = JSON.parse(lockText) as { packages: Readonly<Record<string, Locked>> }
const sbom = JSON.parse(readSbom()) as Sbom
const ofPart = (part: string): string[] =>
  sbom.components
    .filter(({ properties }) => properties[0]?.value === part)
    .map(({ name, version }) => `${name}@${version}`)

describe('the bill of materials (npm run sbom)', () => {
  it('has the packages that the lockfile installs for production, each once, and no others', () => {
    const locked = Object.entries(packages)
      .filter(([path, one]) => path !== '' && !one.dev && !one.optional && !one.devOptional)
      .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`)
    expect(locked.length).toBeGreaterThan(100)
    expect(ofPart('hub')).toEqual([...new Set(locked)].toSorted())
  })

  it('has what the console is built from, which is in the browser', () => {
    const built = ofPart('console').map((ref) => ref.replace(/@[^@]*$/, ''))
    expect(built).toEqual(expect.arrayContaining(['react', 'react-dom', 'scheduler', 'wouter', 'uplot']))
    for (const name of ['typescript', 'vite', 'vitest', 'node-red']) expect(built).not.toContain(name)
    expect(packagesOfConsole().filter((name) => !(name in packageJson.devDependencies))).toEqual([])
  })

  it('has the hash of each as the lockfile has it', () => {
    const { hashes, purl } = sbom.components.find(({ name }) => name === '@fastify/helmet') ?? {}
    const { integrity = '', version } = packages['node_modules/@fastify/helmet'] ?? {}
    expect(hashes).toEqual([
      { alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') },
    ])
    expect(purl).toBe(`pkg:npm/%40fastify/helmet@${version}`)
    expect(sbom.components.every((one) => (one.hashes ?? []).length > 0)).toBe(true)
  })

  it('says what depends on what, by components that are there', () => {
    const refs = new Set(sbom.components.map(({ name, version }) => `${name}@${version}`))
    const hub = sbom.dependencies[0]
    const direct = Object.entries(packageJson.dependencies).map(([name, version]) => `${name}@${version}`)
    expect(hub?.dependsOn).toEqual(expect.arrayContaining(direct))
    for (const { dependsOn } of sbom.dependencies) {
      expect(dependsOn.filter((ref) => !refs.has(ref))).toEqual([])
    }
  })

  it('is the same byte by byte for the same lockfile, and another for another', () => {
    expect(readSbom()).toBe(readSbom())
    const other = JSON.parse(sbomOf(lockText.replace('"version": "0.1.0"', '"version": "0.1.1"'), [])) as Sbom
    expect(other.serialNumber).not.toBe(sbom.serialNumber)
    expect(sbom.serialNumber).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/)
  })
})
