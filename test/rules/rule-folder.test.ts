import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { AlertView } from '../../hub/http/alert-view.ts'
import type { RulesStatusView } from '../../hub/http/rule-routes.ts'
import { openRuleFolder } from '../../hub/office/rule-folder.ts'
import { createCoreBench, home, stopCores } from '../core/bench.ts'
import { runAal, startHubProcess, writeRules } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const FALL = `rules:
  - { id: fall, title: Fall, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
`
const LOW = `rules:
  - { id: low, title: Low, category: health, severity: low, on: spo2, when: value < 90, for: 2m }
`
const QUIET = `rules:
  - id: quiet
    title: Quiet
    category: safety
    severity: medium
    absent: { of: [motion], for: params.quiet }
    params: { quiet: { default: 4h, min: 1h, max: 24h } }
`
const opened: { close(): void }[] = []

afterEach(() => {
  stopCores()
  for (const database of opened.splice(0)) database.close()
})

/** A core with its database, and a rule folder that looks when it is told. */
async function start(files: Readonly<Record<string, string>> = { 'fall.yaml': FALL, 'low.yaml': LOW }) {
  const folder = writeRules(files)
  const database = openDatabase(tempDir('rule-folder'))
  opened.push(database)
  const bench = createCoreBench(createSqliteStore(database.db))
  const journal = createJournalReader(database.db)
  const said: string[] = []
  const log = {
    info: (_facts: object, text: string) => void said.push(text),
    error: (_facts: object, text: string) => void said.push(text),
  }
  const open = () =>
    openRuleFolder({ core: bench.core, folder, history: journal.ruleChanges, log: log as never })
  const rules = await open()
  let now = 0
  return {
    ...bench,
    folder,
    rules,
    said,
    open,
    write: (name: string, text: string) => writeFileSync(join(folder, name), text),
    /** Looks now, and again when everything has been quiet for long enough. */
    async settle() {
      await rules.look(now)
      now += 1000
      await rules.look(now)
    },
    ids: () => rules.status().rules.map(({ id }) => id),
  }
}

describe('openRuleFolder', () => {
  it('takes over a changed file as one input, and says which rules lost what they were counting', async () => {
    const hub = await start()
    hub.clock.pass(5000)
    hub.write('low.yaml', LOW.replace('2m', '3m'))
    hub.write('open.yaml', LOW.replace('id: low', 'id: lower'))
    await hub.settle()
    expect(hub.rules.status()).toMatchObject({
      since: hub.core.now(),
      changes: { added: ['lower'], removed: [], changed: ['low'] },
    })
    expect(hub.ids()).toEqual(['fall', 'low', 'lower'])
    expect(hub.said.at(-1)).toMatch(
      /3 rules, 1 policy; new: lower; mean something else now, .* dropped: low$/,
    )
  })

  it('keeps what is half counted where only a title changed, and drops it where the meaning did', async () => {
    const hub = await start()
    await hub.take({ type: 'home', home: home() })
    await hub.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
    await hub.say('a', 'spo2', 85)
    await hub.pass(60_000)
    hub.write('low.yaml', LOW.replace('title: Low', 'title: Lower'))
    await hub.settle()
    expect(hub.rules.status().changes).toEqual({ added: [], removed: [], changed: [] })
    await hub.pass(60_000)
    expect(hub.alert('low')).toMatchObject({ title: { en: 'Lower' } })

    await hub.say('b', 'spo2', 95)
    await hub.say('a', 'spo2', 95)
    await hub.say('a', 'spo2', 85)
    await hub.pass(119_000)
    hub.write('low.yaml', LOW.replace('< 90', '< 89'))
    await hub.settle()
    await hub.pass(60_000)
    expect(hub.alert('low')).toMatchObject({ count: 1 })
  })

  it('refuses a broken set whole, with every error, until the files are mended', async () => {
    const hub = await start()
    hub.write('fall.yaml', FALL.replace('on: fall', 'on: fal'))
    hub.write('low.yaml', LOW.replace('2m', '2'))
    hub.write('more.yaml', LOW.replace('id: low', 'id: more'))
    await hub.settle()
    expect(hub.ids()).toEqual(['fall', 'low'])
    expect(hub.rules.status().refused?.problems.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'fall.yaml:2',
      'low.yaml:2',
    ])
    expect(hub.alert('hub-rules-refused')).toMatchObject({
      scope: 'hub',
      category: 'technical',
      detail: { reason: expect.stringMatching(/^fall\.yaml:2: .* All errors: aal rules status$/) as string },
    })
    expect(hub.alert('hub-rules-refused')).not.toHaveProperty('home')
    expect(hub.said.at(-1)).toMatch(/fall\.yaml:2:\d+: .*\n[^]*low\.yaml:2:\d+: [^]*before stay in force/)
    hub.write('fall.yaml', FALL)
    await hub.settle()
    expect(hub.alert('hub-rules-refused')).toMatchObject({
      count: 1,
      detail: { reason: expect.stringMatching(/^low\.yaml:2: /) as string },
    })
    hub.write('low.yaml', LOW)
    await hub.settle()
    expect(hub.rules.status().refused).toBeUndefined()
    expect(hub.core.openAlerts()).toEqual([])
    expect(hub.ids()).toEqual(['fall', 'low', 'more'])
  })

  it('waits until nobody writes any more', async () => {
    const hub = await start()
    const half = FALL.slice(0, -20)
    await hub.rules.look(0)
    hub.write('fall.yaml', half)
    await hub.rules.look(250)
    await hub.rules.look(900)
    hub.write('fall.yaml', FALL.replace('id: fall', 'id: fell'))
    await hub.rules.look(1000)
    await hub.rules.look(1500)
    expect({ ids: hub.ids(), refused: hub.rules.status().refused }).toEqual({ ids: ['fall', 'low'] })
    await hub.rules.look(1750)
    expect(hub.ids()).toEqual(['fell', 'low'])
  })

  it('sees a file that was written beside and renamed, one that went, and a folder that is gone', async () => {
    const hub = await start()
    hub.write('.fall.yaml.new', FALL.replace('id: fall', 'id: new'))
    renameSync(join(hub.folder, '.fall.yaml.new'), join(hub.folder, 'fall.yaml'))
    await hub.settle()
    expect(hub.ids()).toEqual(['low', 'new'])
    rmSync(join(hub.folder, 'low.yaml'))
    await hub.settle()
    expect(hub.rules.status()).toMatchObject({ changes: { removed: ['low'] } })
    rmSync(hub.folder, { recursive: true })
    await hub.settle()
    expect(hub.rules.status().refused?.reason).toMatch(
      /^Cannot read the rules in .*: no such file or directory/,
    )
    expect(hub.ids()).toEqual(['new'])
  })

  it('starts with the last good set when the files are broken, and not at all without one', async () => {
    const hub = await start()
    hub.write('low.yaml', 'rules: [')
    const again = await hub.open()
    expect(again.status()).toMatchObject({ refused: { problems: [{ file: 'low.yaml', line: 1 }] } })
    expect(again.status().rules).toHaveLength(2)
    expect(hub.alert('hub-rules-refused')).toMatchObject({ handling: 'new' })
    hub.write('low.yaml', LOW)
    await hub.open()
    expect(hub.core.openAlerts()).toEqual([])
    await expect(start({ 'low.yaml': 'rules: [' })).rejects.toThrow(/Cannot use the rules .*1 error/)
  })
})

describe('a running hub', () => {
  it('takes over a changed file within 2 s, and shows what it refuses', { timeout: 60_000 }, async () => {
    const folder = writeRules({ 'fall.yaml': FALL, 'quiet.yaml': QUIET })
    const hub = await startHubProcess({ config: `rules: ${JSON.stringify(folder)}\n` })
    const status = () => hub.api<RulesStatusView>('GET', '/api/rules')
    expect(await status()).toMatchObject({
      folder,
      rules: [
        { id: 'fall', title: { en: 'Fall' }, category: 'safety', severity: 'high', params: {} },
        { id: 'quiet', params: { quiet: { default: '4h', min: '1h', max: '1d' } } },
      ],
    })

    writeFileSync(join(folder, 'low.yaml'), LOW)
    const took = await waitFor(
      'the new rule',
      async () => {
        const now = await status()
        return now.rules.length === 3 && now
      },
      { timeout: 2000 },
    )
    expect(took.changes).toEqual({ added: ['low'], removed: [], changed: [] })

    writeFileSync(join(folder, 'low.yaml'), LOW.replace('on: spo2', 'on: spo3'))
    await waitFor('the refusal', async () => (await status()).refused, { timeout: 2000 })
    const shown = await runAal(['rules', 'status', '--data', hub.data])
    expect(shown.code).toBe(1)
    expect(shown.stdout).toMatch(
      /^RULE .*\nfall +high +safety +Fall.*\nlow .*\nquiet .* quiet 4h \(1h to 1d\)\n/,
    )
    expect(shown.stdout).toMatch(/low\.yaml:2:\d+: Cannot listen to "spo3"/)
    expect(JSON.parse((await runAal(['rules', 'status', '--json', '--data', hub.data])).stdout)).toEqual(
      await status(),
    )

    const alerts = async () => (await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')).alerts
    const [alert, ...others] = await alerts()
    expect(others).toEqual([])
    expect(alert).toMatchObject({
      rule: 'hub-rules-refused',
      detail: { reason: expect.stringMatching(/^low\.yaml:2: Cannot listen/) as string },
    })
    expect((await runAal(['alerts', 'list', '--data', hub.data])).stdout).toContain(
      'Errors in the rule files',
    )
    writeFileSync(join(folder, 'low.yaml'), LOW)
    await waitFor('the alert to resolve', async () => (await alerts()).length === 0)
    expect(await hub.kill('SIGTERM')).toMatchObject({ code: 0 })
  })
})
