import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dashboardFiles } from '../../dashboards/all.ts'
import { CONSOLE } from '../../dashboards/frame.ts'
import { addDashboardsCommands, checkDashboards, forOneHub } from '../../hub/cli/dashboards.ts'
import { firstDifferences } from '../../hub/cli/json-difference.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { rulesOf } from '../../hub/rules/parse-rules.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const files = dashboardFiles(rulesOf(await loadRuleFiles('rules')))
const HINT = 'changes belong into dashboards/*.ts; then run: aal dashboards build'

beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true))
afterEach(() => void vi.restoreAllMocks())

/** Writes the dashboards to a new folder. */
async function built(): Promise<string> {
  const folder = join(tempDir('built'), 'out')
  await run('dashboards', 'build', '--json', '--out', folder)
  return folder
}

function run(...args: string[]): Promise<unknown> {
  const program = new Command('aal').option('--json').exitOverride()
  addDashboardsCommands(program)
  return program.parseAsync(args, { from: 'user' })
}

describe('aal dashboards build', () => {
  it('has been run since dashboards/*.ts or the rules changed', async () => {
    expect(await checkDashboards('dashboards/generated', files), HINT).toEqual([])
    // Byte for byte, so that building again changes nothing in git.
    for (const [name, text] of files)
      expect(readFileSync(join('dashboards/generated', name), 'utf8')).toBe(text)
  })

  it('writes a folder for each language, which --check takes', async () => {
    const folder = await built()
    expect(await checkDashboards(folder, files)).toEqual([])
    await expect(run('dashboards', 'build', '--check', '--json', '--out', folder)).resolves.toBeDefined()
  })

  it('names with --check each file that was changed by hand, is missing or is not ours, and ends with 1', async () => {
    const folder = await built()
    const edit = (name: string, change: (json: Record<string, unknown>) => void) => {
      const json = JSON.parse(readFileSync(join(folder, name), 'utf8'))
      change(json)
      // Spaces and the order of keys are no matter.
      writeFileSync(join(folder, name), JSON.stringify(json))
    }
    edit('en/home.json', () => {})
    edit('en/alert-board.json', (json) => {
      json['refresh'] = '1m'
      const [first] = json['panels'] as { title: string }[]
      if (first) first.title = 'Mine'
    })
    rmSync(join(folder, 'nb/home.json'))
    writeFileSync(join(folder, 'nb/hub-health.json'), '{')
    writeFileSync(join(folder, 'nb/my-own.json'), '{}')
    expect(await checkDashboards(folder, files)).toEqual([
      { file: 'en/alert-board.json', fault: 'differs', at: ['$.refresh', '$.panels[0].title'] },
      { file: 'nb/home.json', fault: 'missing' },
      { file: 'nb/hub-health.json', fault: 'unreadable' },
      { file: 'nb/my-own.json', fault: 'not ours' },
    ])
    const checked = run('dashboards', 'build', '--check', '--out', folder)
    await expect(checked).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/alert-board\.json differs: \$\.refresh, \$\.panels\[0\]\.title\n/),
    })
  })

  it('shows the titles of one’s own rules', async () => {
    const folder = tempDir('rules')
    const out = join(tempDir('built'), 'out')
    mkdirSync(folder, { recursive: true })
    const rule = `rules:
  - id: own-rule
    title: { en: Kettle on, nb: Kjelen er på }
    why: For this test.
    category: routine
    severity: low
    scope: home
    on: door
    when: value == "open"
`
    writeFileSync(join(folder, 'own.yaml'), rule)
    await run('dashboards', 'build', '--json', '--rules', folder, '--out', out)
    expect(readFileSync(join(out, 'nb/alert-board.json'), 'utf8')).toContain('"Kjelen er på"')
    expect(readFileSync(join(out, 'en/alert-board.json'), 'utf8')).toContain('"Kettle on"')
  })

  it('says where it cannot write', async () => {
    const file = join(tempDir('built'), 'file')
    writeFileSync(file, '')
    await expect(run('dashboards', 'build', '--out', file)).rejects.toThrow(
      /^Cannot write .*file\/en\/alert-board\.json: /,
    )
  })
})

describe('forOneHub', () => {
  const shipped = new Map([
    ['en/home.json', `{"query":"${CONSOLE}"}`],
    ['nb/home.json', `{"query":"${CONSOLE}","text":"nb"}`],
  ])

  it('leaves the files as they are when nothing is chosen', () => {
    expect(forOneHub(shipped, CONSOLE, {})).toEqual(shipped)
  })

  it('takes one language and leads its links into the console', () => {
    expect([...forOneHub(shipped, CONSOLE, { language: 'nb', console: 'https://hub.example.org' })]).toEqual([
      ['home.json', '{"query":"https://hub.example.org","text":"nb"}'],
    ])
  })
})

describe('firstDifferences', () => {
  it.each([
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, ['$.a[1].b']],
    [{ a: 1 }, { a: 1, b: null }, ['$.b']],
    [{ a: [] }, { a: {} }, ['$.a']],
    [[1, 2], [1], ['$[1]']],
    [1, '1', ['$']],
    [null, {}, ['$']],
    [
      [0, 0, 0, 0, 0, 0, 0],
      [1, 1, 1, 1, 1, 1, 1],
      ['$[0]', '$[1]', '$[2]', '$[3]', '$[4]'],
    ],
  ])('of %j and %j are %j', (expected, found, places) => {
    expect(firstDifferences(expected, found)).toEqual(places)
  })
})
