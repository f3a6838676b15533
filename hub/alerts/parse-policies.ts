import { isDeepStrictEqual } from 'node:util'
import type { RuleFile } from '../model/input.ts'
import { isPolicyFile } from '../source/file-names.ts'
import { hint, parseYaml } from '../source/parse-yaml.ts'
import type { Parsed, Problem } from '../source/problem.ts'
import { BUILT_IN, NO_POLICIES, USUAL_LIMITS } from './policy.ts'
import type { Limits, Policy, PolicySet, PolicyStep, Recipients } from './policy.ts'
import { policyFileSchema } from './policy-schema.ts'
import type { PolicyFileSource } from './policy-schema.ts'
import { DAYS } from './rota.ts'
import type { Day, Rota } from './rota.ts'

/** Shorter waits call the next before the first has found the phone. */
const SHORTEST_WAIT = 15_000
/** Longer ones leave somebody alone. */
const LONGEST_REPEAT = 3_600_000
/** `20h` is a slip for `20m`: somebody lies on a floor, and the others would hear of it tomorrow. */
const LONGEST_WAIT = 3_600_000

/** Shorter ones gather nothing; in longer ones what is broken is forgotten. */
const DIGESTS = { shortest: 60_000, longest: 3_600_000 }

/**
 * Reads and checks the policy files among these as one set. A set with any error is refused whole, with every error of
 * every file.
 */
export function parsePolicies(files: readonly RuleFile[]): Parsed<PolicySet> {
  const problems: Problem[] = []
  const policies = new Map<string, Policy>()
  const rotas = new Map<string, Rota>()
  const groups = new Map<string, readonly string[]>()
  const places = new Map<string, string>()
  let limits = USUAL_LIMITS
  const later: (() => void)[] = []
  for (const file of files.filter(({ name }) => isPolicyFile(name))) {
    const parsed = parseYaml(file.name, file.text, policyFileSchema)
    if (!parsed.ok) {
      problems.push(...parsed.problems)
      continue
    }
    const { value: source, problem } = parsed.value
    const fail = (path: readonly PropertyKey[], message: string): void => {
      problems.push(problem(path, message))
    }
    for (const list of ['policies', 'rotas', 'groups'] as const) {
      source[list].forEach(({ id }, index) => {
        const earlier = places.get(`${list}|${id}`)
        if (earlier !== undefined) {
          fail([list, index, 'id'], `Cannot use the id "${id}" twice: it stands in ${earlier} already`)
        }
        places.set(`${list}|${id}`, file.name)
      })
    }
    if (source.limits) {
      limits = checkLimits(source.limits, places.get('limits'), fail)
      places.set('limits', file.name)
    }
    for (const rota of source.rotas) rotas.set(rota.id, rotaOf(rota))
    source.rotas.forEach((rota, index) => checkRota(rota, ['rotas', index], fail))
    for (const { id, who } of source.groups) groups.set(id, who)
    source.policies.forEach((policy, index) => {
      policies.set(policy.id, policyOf(policy))
      // A rota or a group may stand in a file that comes later.
      later.push(() => checkPolicy(policy, ['policies', index], rotas, groups, fail))
    })
  }
  for (const check of later) check()
  const order = new Map(files.map(({ name }, index) => [name, index]))
  problems.sort(
    (a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
  )
  if (problems.length > 0) return { ok: false, problems }
  if (policies.size === 0) policies.set(BUILT_IN.id, BUILT_IN)
  return { ok: true, value: { policies, rotas, groups, limits } }
}

/** The policies of files that were checked when they were taken; the built-in one where an older version's no longer parse. */
export function policiesOf(files: readonly RuleFile[] | undefined): PolicySet {
  const parsed = parsePolicies(files ?? [])
  return parsed.ok ? parsed.value : NO_POLICIES
}

type Fail = (path: readonly PropertyKey[], message: string) => void
type PolicySource = PolicyFileSource['policies'][number]
type RotaSource = PolicyFileSource['rotas'][number]

function policyOf({ id, use, steps, repeat }: PolicySource): Policy {
  const [first, ...rest] = steps.map(stepOf)
  if (!first) throw new RangeError(`policy ${id} has no steps`)
  return {
    id,
    ...(use && { use }),
    steps: [first, ...rest],
    repeat: { from: Math.min(repeat.from, steps.length) - 1, every: repeat.every },
  }
}

function stepOf({ to, by, wait, severity, during }: PolicySource['steps'][number]): PolicyStep {
  return {
    to: recipientsOf(to),
    by: [...new Set(by)],
    wait,
    ...(severity && { severity }),
    ...(during && { during }),
  }
}

function recipientsOf(to: PolicySource['steps'][number]['to']): Recipients {
  if ('contacts' in to) return { type: 'contacts', roles: to.contacts }
  return 'oncall' in to ? { type: 'oncall', rota: to.oncall } : { type: 'group', group: to.group }
}

function checkPolicy(
  { id, use, steps, repeat }: PolicySource,
  path: readonly PropertyKey[],
  rotas: ReadonlyMap<string, Rota>,
  groups: ReadonlyMap<string, readonly string[]>,
  fail: Fail,
): void {
  steps.forEach(({ to, wait, during }, index) => {
    const at = [...path, 'steps', index]
    if ('oncall' in to && !rotas.has(to.oncall)) {
      fail(
        [...at, 'to'],
        `Cannot call "${to.oncall}": there is no such rota${hint(to.oncall, [...rotas.keys()])}`,
      )
    }
    if ('group' in to && !groups.has(to.group)) {
      fail(
        [...at, 'to'],
        `Cannot tell "${to.group}": there is no such group${hint(to.group, [...groups.keys()])}`,
      )
    }
    const earlier = steps.findIndex(
      (other, place) => place < index && isUnconditional(other) && isDeepStrictEqual(other.to, to),
    )
    if (earlier >= 0) {
      fail(
        [...at, 'to'],
        `Cannot tell them here: step ${earlier + 1} has told them already, and nobody is told twice in a round; leave this step out`,
      )
    }
    if (wait < SHORTEST_WAIT) {
      fail([...at, 'wait'], 'Cannot wait so short: nobody answers within 15 s; expected 15s or more')
    }
    if (wait > LONGEST_WAIT) {
      fail([...at, 'wait'], 'Cannot wait so long: nobody else is told meanwhile; expected 1h or less')
    }
    if (during && during.from === during.to) {
      fail([...at, 'during'], 'Cannot open this window: it ends when it begins; leave "during" out')
    }
  })
  if (repeat.every < SHORTEST_WAIT || repeat.every > LONGEST_REPEAT) {
    fail(
      [...path, 'repeat', 'every'],
      'Cannot repeat so: expected a time from 15s to 1h, as nobody has it yet',
    )
  }
  if (repeat.from > steps.length) {
    fail(
      [...path, 'repeat', 'from'],
      `Cannot repeat from step ${repeat.from}: there are ${steps.length}; expected 1 to ${steps.length}`,
    )
  }
  const always = steps.slice(repeat.from - 1).some(({ severity, during }) => !during && isAll(severity, use))
  if (!always && repeat.from <= steps.length) {
    fail(
      [...path, 'repeat'],
      `Cannot end like this: at some times or severities no step of "${id}" from ${repeat.from} on tells anybody, and the alert would be silent; add a step without "during" and "severity"`,
    )
  }
}

function isUnconditional({ severity, during }: PolicySource['steps'][number]): boolean {
  return !severity && !during
}

function isAll(severity: PolicySource['steps'][number]['severity'], use: PolicySource['use']): boolean {
  return !severity || (use?.severity.every((one) => severity.includes(one)) ?? false)
}

function checkLimits(
  { perHour, digest }: NonNullable<PolicyFileSource['limits']>,
  earlier: string | undefined,
  fail: Fail,
): Limits {
  if (earlier !== undefined) {
    fail(['limits'], `Cannot set the limits twice: they stand in ${earlier} already`)
  }
  if (digest !== undefined && (digest < DIGESTS.shortest || digest > DIGESTS.longest)) {
    fail(['limits', 'digest'], 'Cannot gather technical alerts so: expected a time from 1m to 1h')
  }
  return {
    perHour: perHour ?? USUAL_LIMITS.perHour,
    digest: digest ?? USUAL_LIMITS.digest,
  }
}

function rotaOf({ id, timezone, shifts, overrides, fallback }: RotaSource): Rota {
  return {
    id,
    timezone,
    shifts: shifts.map((shift) => ({ ...shift, days: shift.days.flatMap(daysOf) })),
    overrides,
    fallback,
  }
}

function checkRota({ overrides }: RotaSource, path: readonly PropertyKey[], fail: Fail): void {
  overrides.forEach(({ from, to }, index) => {
    if (from >= to)
      fail(
        [...path, 'overrides', index, 'to'],
        `Cannot end at ${to}: it begins at ${from}; expected a later time`,
      )
  })
}

/** `mon-wed`, over Sunday too: `sat-mon`. */
function daysOf(text: string): Day[] {
  if (text === 'daily') return [...DAYS]
  const [first = 'mon', last = first] = text.split('-') as Day[]
  const start = DAYS.indexOf(first)
  const count = ((DAYS.indexOf(last) - start + 7) % 7) + 1
  return Array.from({ length: count }, (_, index) => DAYS[(start + index) % 7] ?? 'mon')
}
