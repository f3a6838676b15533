import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { stringify as stringifyYaml } from 'yaml'
import { isForPeople } from '../alerts/is-for-people.ts'
import type { RunningCore } from '../core/create-core.ts'
import type { Registry } from '../database/registry.ts'
import type { Profile } from '../decode/profile.ts'
import { OfficeError } from '../http/office.ts'
import type { Office } from '../http/office.ts'
import type { Home } from '../model/home.ts'
import { whyNotService } from '../model/service-state.ts'
import type { ServiceWanted } from '../model/service-state.ts'
import { diffHome } from '../register/diff-homes.ts'
import { sourceOf } from '../register/home-source.ts'
import type { Registered } from '../register/limits.ts'
import { mergeHome, withFirstState } from '../register/merge-home.ts'
import type { Merged } from '../register/merge-home.ts'
import { readHomesCsv } from '../register/parse-csv.ts'
import type { ParsedHome } from '../register/parse-homes.ts'
import { devicePlaces } from '../register/shared-devices.ts'
import { homesCsv } from '../register/write-csv.ts'
import { rulesOf } from '../rules/parse-rules.ts'
import { ProblemsError } from '../source/problem.ts'
import { parseBatches } from '../threads/parse-import.ts'
import type { Reader } from '../threads/reader.ts'
import type { Gateways } from './gateways.ts'
import { ERASED } from './register.ts'
import { stoppedNumbers } from './stopped-numbers.ts'

/** Characters; a longer file is read in a thread of its own. */
const SHORT_IMPORT = 16 * 1024
/** So many homes in one turn: more would keep readings waiting. */
const AT_ONCE = 50

export interface HomeFilesParts {
  readonly core: RunningCore
  readonly registry: Registry
  readonly gateways: Pick<Gateways, 'refuseShared'>
  readonly profiles: ReadonlyMap<string, Profile>
  /** Of the device profiles. */
  readonly profileFolder: string
  readonly parseImport: Reader['parseImport']
  readonly registered: (home: string) => Registered
}

type HomeFiles = Pick<Office, 'importHomes' | 'compareHomes' | 'exportHomes'>

interface Planned {
  readonly before: Registered | undefined
  readonly merged: Merged
}

/** Homes in files: read, compared and written by fifties, so that readings never wait for thousands of them. */
export function createHomeFiles(parts: HomeFilesParts): HomeFiles {
  const { core, registry, gateways, profiles, registered } = parts

  async function read(file: string, text: string): Promise<readonly (() => readonly ParsedHome[])[]> {
    const now = core.now()
    const devices = devicePlaces(core.homes())
    if (/\.(xlsx?|xlsm|ods|numbers)$/i.test(file)) {
      const message =
        'Cannot read a workbook: save it as "CSV UTF-8" in the spreadsheet program, and import that'
      throw new ProblemsError(`Cannot import ${file}`, [{ file, line: 1, column: 1, message }])
    }
    if (isCsv(file)) {
      const known = (id: string) => (core.home(id) ? sourceOf(registered(id)) : undefined)
      const steps = readHomesCsv(file, text, {
        profiles,
        rules: rulesOf(core.ruleFiles),
        now,
        known,
        devices,
      })
      const parsed = await inTurns(steps)
      if (!parsed.ok) throw new ProblemsError(`Cannot import ${file}`, parsed.problems)
      return slices(parsed.value).map((slice) => () => slice)
    }
    const order = { file, text, rules: core.ruleFiles ?? [], devices, now }
    const parsed =
      text.length <= SHORT_IMPORT
        ? parseBatches(order, profiles)
        : await parts.parseImport({
            ...order,
            profiles: { folder: parts.profileFolder, known: [...profiles.keys()] },
          })
    if (!parsed.ok) throw new ProblemsError(`Cannot import ${file}`, parsed.problems)
    return parsed.batches.map((batch) => () => JSON.parse(batch) as ParsedHome[])
  }

  /** What a file would make of each home, some at once; nothing is changed, and what cannot be refuses the whole file. */
  async function plan(file: string, text: string): Promise<readonly (() => readonly Planned[])[]> {
    const batches = await read(file, text)
    const refuse = gateways.refuseShared()
    const stopped = stoppedNumbers(core, registry)
    const now = core.now()
    const planned = batches.map(
      (homes) => () =>
        homes().map((imported): Planned => {
          const before = core.home(imported.home.id) && registered(imported.home.id)
          return {
            before,
            merged: mergeHome(before, imported, { now, stopped }),
          }
        }),
    )
    for (const batch of planned) {
      for (const { before, merged } of batch()) {
        refuse(merged.home)
        if (before?.home.erased !== undefined) {
          throw new OfficeError('conflict', `Cannot import ${file}: home ${merged.home.id}: ${ERASED}`)
        }
        const why = before && merged.state && whyNotState(before.home, merged.state)
        if (why === undefined) continue
        throw new OfficeError(
          'conflict',
          `Cannot import ${file}: home ${merged.home.id} cannot be ${merged.state?.is}, ${why}`,
        )
      }
      await setImmediate()
    }
    return planned
  }

  function whyNotState(home: Home, to: ServiceWanted): string | undefined {
    const open = core.openAlerts().filter((alert) => alert.home === home.id && isForPeople(alert))
    return whyNotService(home, to, open.length, core.now())
  }

  /** @returns when it is on disk; undefined where it is so already */
  function take({ before, merged }: Planned): Promise<unknown> | undefined {
    const { state } = merged
    const { home, personal } = before ? merged : withFirstState(merged, core.now())
    const isSame = isDeepStrictEqual(home, before?.home) && isDeepStrictEqual(personal, before?.personal)
    if (isSame && !state) return undefined
    const taken: Promise<unknown>[] = []
    if (!isSame) taken.push(core.takeHome(home, personal))
    if (before && state) {
      const { why, ...to } = state
      const note = { at: core.now(), by: 'hub', via: 'import', ...(why !== undefined && { why }) }
      const noted = { ...personal, state: note }
      taken.push(core.take({ type: 'service', home: home.id, to, by: 'hub', via: 'import' }, noted))
    }
    return Promise.all(taken)
  }

  return {
    async importHomes(file, text) {
      let homes = 0
      const changedHomes: string[] = []
      const toldChanged: string[] = []
      let limitsReplaced = 0
      for (const batch of await plan(file, text)) {
        const taken = batch().map((planned) => {
          homes++
          const one = take(planned)
          if (!one) return undefined
          const { before, merged } = planned
          changedHomes.push(merged.home.id)
          if (isToldOtherwise(before, merged)) toldChanged.push(merged.home.id)
          limitsReplaced += merged.replaced
          return one
        })
        // What is submitted in one turn shares one transaction.
        await Promise.all(taken)
        await setImmediate()
      }
      return { homes, changed: changedHomes.length, limitsReplaced, changedHomes, toldChanged }
    },
    async compareHomes(file, text) {
      const homes = []
      for (const batch of await plan(file, text)) {
        for (const { before, merged } of batch()) {
          const { home, personal } = withFirstState(merged, core.now())
          homes.push(diffHome(before && sourceOf(before), sourceOf({ home, personal })))
        }
        await setImmediate()
      }
      const named = new Set(homes.map(({ home }) => home))
      return { homes, others: [...core.homes()].filter(({ id }) => !named.has(id)).length }
    },
    async exportHomes(ids, format, language) {
      const homes = []
      let yaml = 'homes:\n'
      for (const slice of slices(ids ?? Array.from(core.homes(), ({ id }) => id).toSorted())) {
        const sources = slice.map((id) => sourceOf(registered(id)))
        if (format === 'csv') homes.push(...sources)
        else yaml += stringifyYaml({ homes: sources }, { lineWidth: 120 }).slice('homes:\n'.length)
        await setImmediate()
      }
      if (format === 'csv') return homesCsv(homes, language)
      return yaml === 'homes:\n' ? 'homes: []\n' : yaml
    },
  }
}

/** Whether somebody else is told of its alerts, or in another way: a contact, a number, an order. */
function isToldOtherwise(before: Registered | undefined, { home, personal }: Merged): boolean {
  return !(
    isDeepStrictEqual(before?.home.contacts ?? [], home.contacts) &&
    isDeepStrictEqual(before?.personal.contacts ?? [], personal.contacts)
  )
}

/** What it has to do for many homes, by fifties. */
async function inTurns<T>(steps: Generator<undefined, T>): Promise<T> {
  for (let done = 1; ; done++) {
    const step = steps.next()
    if (step.done) return step.value
    if (done % AT_ONCE === 0) await setImmediate()
  }
}

function slices<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, index) =>
    all.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  )
}

function isCsv(file: string): boolean {
  return /\.(csv|txt|tsv)$/i.test(file)
}
