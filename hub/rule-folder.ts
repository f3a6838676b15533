import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { RuleFolderContents } from './core/parse-rule-folder.ts'
import { policiesOf } from './alerts/parse-policies.ts'
import type { RunningCore } from './core/create-core.ts'
import type { RulesStatus } from './http/office.ts'
import type { RuleFile } from './model/input.ts'
import { tellNotice } from './notices.ts'
import { compareRules } from './rules/compare-rules.ts'
import type { RuleChanges } from './rules/compare-rules.ts'
import { loadRuleFiles, namesIn } from './rules/load-rule-files.ts'
import { parseRuleFolder } from './core/parse-rule-folder.ts'
import { rulesOf } from './rules/parse-rules.ts'
import { ProblemsError } from './source/problem.ts'

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

/** The folder of the rule files, and what of it is in force. */
export interface RuleFolder {
  status(): RulesStatus
  /**
   * Looks once, and takes over what has changed and is quiet since.
   * @param now steady time, ms
   */
  look(now: number): Promise<void>
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
