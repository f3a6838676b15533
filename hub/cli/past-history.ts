import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { openJournal } from '../database/open-journal.ts'
import { loadProfiles } from '../decode/load-profiles.ts'
import type { Home } from '../model/home.ts'
import type { KeptEntry } from '../model/kept-entry.ts'
import { parseHomes } from '../register/parse-homes.ts'
import { parseReadings } from '../rules/parse-readings.ts'
import { parseRules } from '../rules/parse-rules.ts'
import { replayJournal, replayJournalWithScores } from '../rules/replay-journal.ts'
import type { PastEntry } from '../rules/replay-journal.ts'
import type { Said } from '../rules/playback.ts'
import { replay, replayWithScores } from '../rules/replay.ts'
import type { ReplayOptions, ReplaySummary } from '../rules/replay.ts'
import { createRuleSet } from '../rules/rule.ts'
import type { RuleSet } from '../rules/rule.ts'
import { formatProblem } from '../source/problem.ts'
import type { Parsed } from '../source/problem.ts'
import { CommandError } from './command-error.ts'
import { findRuleFiles, shippedRules } from './rule-paths.ts'
import { whyNotRead } from '../source/why-not-read.ts'

/** A history that rules can be run over, as often as wanted. */
export interface PastHistory {
  /** How many parts a run has, for its progress. */
  readonly size: number
  /** What the parts are. */
  readonly parts: 'readings' | 'entries'
  run(options: Omit<ReplayOptions, 'homes'> & { readonly scores?: boolean }): Generator<Said, ReplaySummary>
  /** Of a home; UTC where nothing says another. */
  zoneOf(home: string): string
  close(): void
}

/**
 * @param from a file of readings, `-` for standard input, or a hub's data folder
 * @param homes the register for readings; a data folder has its own
 * @param rules what is to be replayed: the register may set their limits
 * @throws CommandError
 */
export async function openHistory(
  from: string,
  homes: string | undefined,
  rules: readonly RuleSet[],
): Promise<PastHistory> {
  const isFolder = from !== '-' && (await stat(from).catch(() => undefined))?.isDirectory()
  if (isFolder) {
    if (homes !== undefined) {
      throw new CommandError(`Cannot use --homes with ${from}: a hub's data folder has its own register`)
    }
    return openKept(from)
  }
  const register = homes === undefined ? undefined : await readHomes(homes, rules)
  const readings = orFail(`Cannot replay ${from}`, await readReadings(from))
  const zones = new Map(register?.map(({ id, timezone }) => [id, timezone]))
  return {
    size: readings.length,
    parts: 'readings',
    run: ({ scores, ...options }) =>
      (scores ? replayWithScores : replay)(readings, { ...options, ...(register && { homes: register }) }),
    zoneOf: (home) => zones.get(home) ?? 'UTC',
    close: () => {},
  }
}

/** @throws CommandError with every error of the files */
export async function readRules(path: string): Promise<RuleSet> {
  const { rules } = await findRuleFiles([path])
  if (rules.length === 0) throw new CommandError(`Cannot find rules in ${path}: there is no *.yaml`)
  return orFail(`Cannot use the rules of ${path}`, parseRules(rules))
}

function openKept(folder: string): PastHistory {
  const journal = openJournal(folder)
  const zones = new Map<string, string>()
  function* entries(): Generator<PastEntry> {
    for (const entry of journal.entries()) {
      if (entry.input.type === 'home') zones.set(entry.input.home.id, entry.input.home.timezone)
      yield entry.input.type === 'resolve' ? withResolved(entry) : entry
    }
  }
  return {
    size: journal.newest(),
    parts: 'entries',
    run: ({ scores, ...options }) => (scores ? replayJournalWithScores : replayJournal)(entries(), options),
    zoneOf: (home) => zones.get(home) ?? 'UTC',
    close: journal.close,
  }
}

function withResolved(entry: KeptEntry): PastEntry {
  const change = entry.alertChanges.find(({ what }) => what === 'resolved')
  if (!change) return entry
  const { rule, scope, home } = change
  return { ...entry, resolved: { rule, scope, ...(home !== undefined && { home }) } }
}

async function readHomes(path: string, rules: readonly RuleSet[]): Promise<readonly Home[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CommandError(`Cannot read ${path}: ${whyNotRead(cause)}`)
  })
  const profiles = await loadProfiles(fileURLToPath(new URL('../../devices/profiles', import.meta.url)))
  // A register may set limits of rules that are not replayed.
  const shipped = await readRules(shippedRules())
  const all = [shipped, ...rules].flatMap((set) => [...set.rules])
  const known = createRuleSet([...new Map(all).values()])
  const parsed = orFail(`Cannot use the register ${path}`, parseHomes(path, text, profiles, known))
  return parsed.map(({ home }) => home)
}

async function readReadings(path: string) {
  const input = path === '-' ? process.stdin : createReadStream(path)
  input.setEncoding('utf8')
  try {
    return await parseReadings(path === '-' ? 'standard input' : path, input as AsyncIterable<string>)
  } catch (cause) {
    throw new CommandError(`Cannot read ${path}: ${whyNotRead(cause)}`)
  }
}

function orFail<T>(what: string, parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value
  throw new CommandError(
    `${what}:\n${parsed.problems.map((problem) => `  ${formatProblem(problem)}`).join('\n')}`,
  )
}
