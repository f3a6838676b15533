import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempDir } from '../helpers/temp-dir.ts'

const ROOT = join(import.meta.dirname, '../..')

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `aal …` as people do. */
function aal(args: readonly string[], input = ''): Promise<Ended> {
  return new Promise((fulfil) => {
    const child = execFile(
      process.execPath,
      ['hub/aal.js', ...args],
      { cwd: ROOT },
      (error, stdout, stderr) =>
        fulfil({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}

const RULE = `rules:
  - { id: fall, title: Fall, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
`
const TEST = `tests:
  - name: a fall
    steps: [{ at: "00:10", sensor: a, kind: fall, value: detected }]
    expect: [{ at: "00:10", rule: fall, to: firing }]
`
const READING = '{"at":"2026-01-01T00:00:00.000Z","home":"h1","sensor":"s","kind":"fall","value":"detected"}'

/** A folder with these files. */
function folder(files: Readonly<Record<string, string>>): string {
  const dir = join(tempDir('rules'), 'my-rules')
  mkdirSync(dir)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return dir
}

describe('aal rules check', () => {
  it('finds no error in the shipped rules', async () => {
    const { code, stdout, stderr } = await aal(['rules', 'check'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^\d+ rules and \d+ polic(y|ies) in \d+ files: no errors\.\n$/)
  })

  it('says every error of every file with its place, tests included, and ends with 1', async () => {
    const dir = folder({
      'a.yaml': RULE.replace('value ==', 'valu =='),
      'b.yaml': RULE.replace('on: fall', 'on: fal'),
      'c.yaml': RULE.replace('id: fall', 'id: other'),
      'c.test.yaml': TEST,
    })
    const { code, stdout } = await aal(['rules', 'check', dir, '--json'])
    const { problems } = JSON.parse(stdout) as { problems: { file: string; line: number; column: number }[] }
    expect(code).toBe(1)
    expect(
      problems.map(({ file, line, column }) => `${file.slice(dir.length + 1)}:${line}:${column}`),
    ).toEqual(['a.yaml:2:80', 'b.yaml:2:11', 'b.yaml:2:68', 'c.test.yaml:4:35'])
    expect((await aal(['rules', 'check', dir])).stdout).toContain(
      `${dir}/a.yaml:2:80: Cannot use the condition`,
    )
  })

  it('ends with 1 where there is nothing to check', async () => {
    const nothing = await aal(['rules', 'check', folder({})])
    expect(nothing).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Cannot find rules') as string,
    })
    expect(await aal(['rules', 'check', '/nowhere/x.yaml'])).toMatchObject({ code: 1 })
  })
})

describe('aal rules test', () => {
  it('passes the tests of the shipped rules', async () => {
    const { code, stdout } = await aal(['rules', 'test', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ failed: 0, problems: [] })
  })

  it('says what failed and where, and ends with 1', async () => {
    const dir = folder({
      'a.yaml': RULE,
      'a.test.yaml': TEST.replace('rule: fall, to: firing', 'rule: fall, to: again'),
    })
    const { code, stdout } = await aal(['rules', 'test', dir])
    expect(code).toBe(1)
    expect(stdout).toContain(
      'a.test.yaml:4:14: Expected 00:10 fall again; fall said 00:10 fall firing high h1',
    )
    expect(stdout).toContain('0 of 1 tests passed.')
  })

  it('wants tests beside rules', async () => {
    const { code, stdout } = await aal(['rules', 'test', folder({ 'a.yaml': RULE })])
    expect({ code, stdout }).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('a.yaml:1:1: Cannot find tests: there is no') as string,
    })
  })
})

describe('aal rules replay', () => {
  it('prints one line of JSON for each transition, and nothing else', async () => {
    const dir = folder({ 'a.yaml': RULE, 'history.ndjson': `${READING}\n` })
    const args = [
      '--rules',
      join(dir, 'a.yaml'),
      '--from',
      join(dir, 'history.ndjson'),
      '--handle',
      '1h',
      '--json',
    ]
    const { code, stdout } = await aal([
      'rules',
      'replay',
      ...args,
      '--until',
      '2026-01-02T00:00:00Z',
      '--scores',
    ])
    expect(code).toBe(0)
    expect(stdout).toBe(
      '{"at":"2026-01-01T00:00:00.000Z","home":"h1","rule":"fall","scope":"h1","to":"firing","severity":"high"}\n' +
        '{"at":"2026-01-01T01:00:00.000Z","home":"h1","rule":"fall","scope":"h1","to":"cleared","severity":"high"}\n',
    )
  })

  it('reads standard input, and replays with the shipped rules', async () => {
    const { code, stdout, stderr } = await aal(['rules', 'replay', '--from', '-'], READING)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^2026-01-01 00:00:00Z {2}firing .* fall .* h1 .* s fall detected\n$/)
    expect(stderr).toContain('1 transitions from 1 readings.')
  })

  it('refuses a bad line with its number, and ends with 1', async () => {
    const { code, stdout, stderr } = await aal(
      ['rules', 'replay', '--from', '-', '--json'],
      `${READING}\n{}\n`,
    )
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('standard input:2:1: Cannot take this line: it has no "at"')
  })

  it.each([
    ['no history', ['rules', 'replay']],
    ['a time that is none', ['rules', 'replay', '--from', '-', '--until', 'tomorrow']],
    ['a duration without unit', ['rules', 'replay', '--from', '-', '--handle', '1']],
    ['an unknown option', ['rules', 'check', '--hurry']],
  ])('ends with 2 for wrong usage: %s', async (_name, args) => {
    expect(await aal(args)).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('aal rules schema', () => {
  it('prints a JSON Schema that knows the keys of a rule', async () => {
    const { code, stdout } = await aal(['rules', 'schema'])
    const schema = JSON.parse(stdout) as { properties: { rules: { items: { properties: object } } } }
    expect(code).toBe(0)
    expect(Object.keys(schema.properties.rules.items.properties)).toEqual(
      expect.arrayContaining(['id', 'on', 'when', 'absent']),
    )
  })

  it('writes the schemas of all files that people write, and those that are kept are up to date', async () => {
    const dir = join(tempDir('schema'), 'schema')
    expect(await aal(['rules', 'schema', '--write', dir])).toMatchObject({ code: 0 })
    const names = readdirSync(dir)
    expect(names).toContain('rule-tests.schema.json')
    expect(readdirSync(join(ROOT, 'rules/schema'))).toEqual(names)
    for (const name of names) {
      const kept = readFileSync(join(ROOT, 'rules/schema', name), 'utf8')
      expect(kept, 'run npm run schemas').toBe(readFileSync(join(dir, name), 'utf8'))
    }
  })

  it('is named in the first line of each shipped file', () => {
    for (const name of readdirSync(join(ROOT, 'rules')).filter((file) => file.endsWith('.yaml'))) {
      const schema = name.endsWith('.test.yaml') ? 'rule-tests' : 'rules'
      const [first] = readFileSync(join(ROOT, 'rules', name), 'utf8').split('\n', 1)
      expect(first, name).toBe(`# yaml-language-server: $schema=schema/${schema}.schema.json`)
    }
  })
})
