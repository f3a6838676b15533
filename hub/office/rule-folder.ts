import { open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { RuleFolderContents } from '../core/parse-rule-folder.ts'
import { policiesOf } from '../alerts/parse-policies.ts'
import type { RunningCore } from '../core/create-core.ts'
import type { RulesStatus } from '../http/office.ts'
import type { RuleFile, RulesInput } from '../model/input.ts'
import { tellNotice } from './notices.ts'
import { compareRules } from '../rules/compare-rules.ts'
import type { RuleChanges } from '../rules/compare-rules.ts'
import { loadRuleFiles, namesIn } from '../rules/load-rule-files.ts'
import { parseRuleFolder } from '../core/parse-rule-folder.ts'
import { rulesOf } from '../rules/parse-rules.ts'
import { ProblemsError } from '../source/problem.ts'

/** How often it looks, ms. */
const LOOK_EVERY = 250
/** A change is taken over when nothing more has changed for this long, ms: nobody is in the middle of writing. */
const QUIET = 750

export interface RuleFolderOptions {
  readonly core: Pick<RunningCore, 'now' | 'take' | 'ruleFiles' | 'openAlerts'>
  readonly folder: string
  /** The newest changes of rules in the journal, newest first. */
  readonly history: (
    limit: number,
  ) => readonly { readonly now: number; readonly files: readonly RuleFile[] }[]
  readonly log: Pick<Logger, 'info' | 'error'>
  /** Leaves the rules in force alone, where there are any. */
  readonly isReadOnly?: boolean
}

export type Put = { readonly ok: true; readonly seq: number } | { readonly ok: false; readonly why: string }

/** The folder of the rule files, and what of it is in force. */
export interface RuleFolder {
  status(): RulesStatus
  /**
   * Looks once, and takes over what has changed and is quiet since.
   * @param now steady time, ms
   */
  look(now: number): Promise<void>
  /**
   * Writes files into the folder, those whole or none of it, and takes them over.
   * @param change who wants that: it stands in the journal
   */
  put(files: readonly RuleFile[], change: NonNullable<RulesInput['change']>): Promise<Put>
  /** Looks again and again until it is stopped. */
  watch(): void
  stop(): Promise<void>
}

/**
 * Takes over the rule files of a folder if they say something else than those in force. Files with errors are
 * refused whole, and the rules in force stay.
 *
 * It looks at the files' marks instead of waiting to be told: `fs.watch` is silent on network folders and on
 * files mounted into containers, and a few dozen `stat` calls cost nothing.
 * @throws ProblemsError when they cannot be used and none are in force yet
 */
export async function openRuleFolder(options: RuleFolderOptions): Promise<RuleFolder> {
  const { core, folder, log } = options
  let refused: RulesStatus['refused']
  /** The marks of the files that were last read. */
  let read = await marksOf(folder)
  let waiting: { readonly marks: string; readonly since: number } | undefined
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  /** Files are written by the hub itself, which takes them over. */
  let isPutting = false

  if (!options.isReadOnly || !core.ruleFiles) await takeFolder()

  async function takeFolder(): Promise<void> {
    await take(await loadRuleFiles(folder).catch((cause: unknown) => cause as Error))
  }

  async function take(files: readonly RuleFile[] | Error): Promise<void> {
    if (files instanceof Error) return refuse(files)
    if (isDeepStrictEqual(files, core.ruleFiles)) {
      if (refused) log.info({ folder }, `The rules in ${folder} are again those in force`)
      return accept()
    }
    const parsed = parseRuleFolder(files)
    if (!parsed.ok) {
      return refuse(new ProblemsError(`Cannot use the rules in ${folder}`, parsed.problems))
    }
    const changes = compareRules(rulesOf(core.ruleFiles), parsed.value.rules)
    await core.take({ type: 'rules', files })
    await accept()
    log.info({ folder, ...changes }, describe(parsed.value, folder, changes))
  }

  async function put(files: readonly RuleFile[], change: NonNullable<RulesInput['change']>): Promise<Put> {
    // Not while a look is under way: it would take over half of it.
    await looking
    const now = await loadRuleFiles(folder).catch((cause: unknown) => cause as Error)
    if (now instanceof Error || !isDeepStrictEqual(now, core.ruleFiles)) {
      return {
        ok: false,
        why: `the files in ${folder} are not those in force: see what is wrong with them first`,
      }
    }
    const written = new Map(files.map((file) => [file.name, file]))
    const after = [...now.filter(({ name }) => !written.has(name)), ...files].toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    )
    const parsed = parseRuleFolder(after)
    if (!parsed.ok) return { ok: false, why: `the files have ${parsed.problems.length} errors` }
    const changes = compareRules(rulesOf(core.ruleFiles), parsed.value.rules)
    isPutting = true
    try {
      const failed = await writeAll(files, now)
      if (failed) return { ok: false, why: failed.message }
      read = await marksOf(folder)
      waiting = undefined
      const outcome = await core.take({ type: 'rules', files: after, change })
      if (!outcome.taken) return { ok: false, why: outcome.reason }
      await accept()
      log.info({ folder, ...changes, by: change.by }, describe(parsed.value, folder, changes))
      return { ok: true, seq: outcome.seq }
    } finally {
      isPutting = false
    }
  }

  /** All of them; what was written before one that cannot be is put back. */
  async function writeAll(
    files: readonly RuleFile[],
    before: readonly RuleFile[],
  ): Promise<Error | undefined> {
    const written: string[] = []
    try {
      for (const { name, text } of files) {
        await writeWhole(join(folder, name), text)
        written.push(name)
      }
      return undefined
    } catch (cause) {
      for (const name of written) {
        const old = before.find((file) => file.name === name)
        await (old ? writeWhole(join(folder, name), old.text) : rm(join(folder, name))).catch(
          (error: unknown) => log.error({ err: error }, `Cannot put back ${name}`),
        )
      }
      return cause instanceof Error ? cause : new Error(String(cause))
    }
  }

  async function accept(): Promise<void> {
    refused = undefined
    await tellNotice(core, { notice: 'hub-rules-refused' }, false)
  }

  async function refuse(error: Error): Promise<void> {
    if (!core.ruleFiles) throw error
    const problems = error instanceof ProblemsError ? error.problems : []
    refused = { at: core.now(), reason: error.message.split('\n', 1)[0] ?? '', problems }
    log.error({ problems: problems.length }, `${error.message}\nThe rules of before stay in force.`)
    const [first] = problems
    const reason = `${first ? `${first.file}:${first.line}: ${first.message}` : refused.reason}. All errors: aal rules status`
    await tellNotice(core, { notice: 'hub-rules-refused', reason }, true)
  }

  async function look(now: number): Promise<void> {
    if (isPutting) return
    const marks = await marksOf(folder)
    if (marks === read) {
      waiting = undefined
      return
    }
    if (marks !== waiting?.marks) {
      waiting = { marks, since: now }
      return
    }
    if (now - waiting.since < QUIET) return
    const files = await loadRuleFiles(folder).catch((cause: unknown) => cause as Error)
    // Written while it was read: what was read may be half of it.
    if ((await marksOf(folder)) !== marks) return
    read = marks
    waiting = undefined
    await take(files)
  }

  function lookLater(): void {
    timer = setTimeout(() => {
      looking = look(performance.now())
        .catch((cause: unknown) => log.error({ err: cause }, 'Cannot take over the rules'))
        .finally(() => {
          if (timer) lookLater()
        })
    }, LOOK_EVERY)
    timer.unref()
  }

  /** Kept until other rules are in force: it is read out of the journal. */
  let inForce: { readonly files: unknown; readonly status: Omit<RulesStatus, 'refused'> } | undefined

  return {
    status() {
      if (inForce?.files !== core.ruleFiles) {
        const [newest, before] = options.history(2)
        const rules = rulesOf(core.ruleFiles)
        inForce = {
          files: core.ruleFiles,
          status: {
            folder,
            rules: [...rules.rules.values()],
            policies: [...policiesOf(core.ruleFiles).policies.values()],
            ...(newest && { since: newest.now, changes: compareRules(rulesOf(before?.files), rules) }),
          },
        }
      }
      return { ...inForce?.status, ...(refused && { refused }) } as RulesStatus
    },
    look,
    put,
    watch: lookLater,
    async stop() {
      clearTimeout(timer)
      timer = undefined
      await looking
    },
  }
}

/** What changes when anything about the rule files does; says so too when they cannot be seen. */
async function marksOf(folder: string): Promise<string> {
  try {
    const names = await namesIn(folder)
    const marks = await Promise.all(
      names.map(async (name) => {
        const { ino, size, mtimeNs, ctimeNs } = await stat(join(folder, name), { bigint: true })
        return `${name} ${ino} ${size} ${mtimeNs} ${ctimeNs}`
      }),
    )
    return marks.join('\n')
  } catch (cause) {
    return (cause as Error).message
  }
}

/** The file is the old one or the new one, whatever happens. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.new`
  try {
    const file = await open(draft, 'w')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}

function describe(
  { rules, policies }: RuleFolderContents,
  folder: string,
  { added, removed, changed }: RuleChanges,
): string {
  const part = (what: string, ids: readonly string[]): string =>
    ids.length === 0 ? '' : `; ${what}: ${ids.join(', ')}`
  return (
    `Took over the rules in ${folder}: ${rules.rules.size} rules, ${policies.policies.size} ${policies.policies.size === 1 ? 'policy' : 'policies'}${part('new', added)}${part('gone', removed)}` +
    part('mean something else now, what they were counting was dropped', changed)
  )
}
