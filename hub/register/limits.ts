import type { Home, HomePersonal, LimitNote, LimitOrder, LimitStep, Params } from '../model/home.ts'
import { readParam } from '../rules/rule.ts'
import type { Param, RuleSet } from '../rules/rule.ts'
import { hint } from '../source/parse-yaml.ts'

/** Notes of one home that are kept; of each limit at least the newest. */
const MOST_NOTES = 200

export interface Registered {
  readonly home: Home
  readonly personal: HomePersonal
}

/** A limit that a home or resident has of its own. */
export interface OwnLimit {
  readonly resident?: string
  readonly rule: string
  readonly param: string
  readonly value: number | string
  /** As the rule in force has it; undefined when there is no such rule or parameter any more. */
  readonly spec?: Param
  /** Why it is not used, though it is set: the rules have changed since. */
  readonly unused?: string
  /** Who set it; undefined when it came with the import file. */
  readonly note?: LimitNote
}

/**
 * Sets and unsets limits; all of them or none.
 * @returns the home as it then is and the steps that led there (none when all was so already), or every reason why not
 */
export function changeLimits(
  { home, personal }: Registered,
  rules: RuleSet,
  order: LimitOrder,
  at: number,
): (Registered & { readonly steps: readonly LimitStep[] }) | { readonly reasons: readonly string[] } {
  const { resident, by, via, why } = order
  const residents = home.residents.map(({ id }) => id)
  if (resident !== undefined && !residents.includes(resident)) {
    return {
      reasons: [
        `Cannot set a limit: there is no resident "${resident}" in home "${home.id}"${hint(resident, residents)}`,
      ],
    }
  }
  const wanted = [
    ...Object.entries(order.set ?? {}).map(([name, to]) => ({ name, to })),
    ...(order.unset ?? []).map((name) => ({ name, to: undefined })),
  ]
  const reasons: string[] = []
  const steps: LimitStep[] = []
  let changed = home
  for (const { name, to } of wanted) {
    const [rule = '', param = ''] = name.split('.', 2)
    const key = { ...(resident !== undefined && { resident }), rule, param }
    const from = valueOf(changed, key)
    const wrong = to === undefined ? from === undefined && 'it is not set' : whyNot(rules, rule, param, to)
    if (wrong) reasons.push(`Cannot ${to === undefined ? 'unset' : 'set'} ${name}: ${wrong}`)
    else if (from !== to) {
      steps.push({ ...key, ...(from !== undefined && { from }), ...(to !== undefined && { to }) })
      changed = withValue(changed, key, to)
    }
  }
  if (reasons.length > 0) return { reasons }
  const notes = steps.map((step): LimitNote => ({ ...step, at, by, via, why }))
  return { home: changed, personal: withNotes(personal, notes), steps }
}

/**
 * Keeps what people set when an import replaces a home: limits that the file does not mention stay, and for those
 * that it does, the file is the newer word.
 * @returns the home to register, and how many limits of people the file replaced
 */
export function keepLimits(
  before: Registered,
  imported: Registered,
  at: number,
): Registered & { readonly replaced: number } {
  const notes = before.personal.limits
  if (!notes) return { ...imported, replaced: 0 }
  let { home } = imported
  const told: LimitNote[] = []
  for (const note of newestNotes(notes)) {
    const { resident, rule, param, to, via } = note
    if (via === 'import') continue
    if (resident !== undefined && !home.residents.some(({ id }) => id === resident)) continue
    const key = { ...(resident !== undefined && { resident }), rule, param }
    const value = valueOf(home, key)
    if (value === undefined) home = withValue(home, key, to)
    else if (value !== to) {
      told.push({ ...key, ...(to !== undefined && { from: to }), to: value, at, by: 'hub', via: 'import' })
    }
  }
  return {
    home,
    personal: withNotes({ ...imported.personal, limits: notes }, told),
    replaced: told.length,
  }
}

/** The limits that a home and its residents have of their own: the home's first. */
export function ownLimits({ home, personal }: Registered, rules: RuleSet): OwnLimit[] {
  const notes = newestNotes(personal.limits ?? [])
  const of = (params: Params | undefined, resident?: string): OwnLimit[] =>
    Object.entries(params ?? {}).flatMap(([rule, values]) =>
      Object.entries(values).map(([param, value]) => {
        const key = { ...(resident !== undefined && { resident }), rule, param }
        const spec = rules.rules.get(rule)?.params[param]
        const unused = whyNot(rules, rule, param, value)
        const note = notes.find((one) => isSame(one, key) && one.to === value)
        return { ...key, value, ...(spec && { spec }), ...(unused && { unused }), ...(note && { note }) }
      }),
    )
  return [...of(home.params), ...home.residents.flatMap(({ id, params }) => of(params, id))]
}

type Key = Pick<LimitStep, 'resident' | 'rule' | 'param'>

function whyNot(rules: RuleSet, ruleId: string, param: string, value: number | string): string | undefined {
  const rule = rules.rules.get(ruleId)
  if (!rule) return `there is no rule "${ruleId}"${hint(ruleId, [...rules.rules.keys()])}`
  const spec = rule.params[param]
  if (!spec) {
    return `rule "${ruleId}" has no parameter "${param}"${hint(param, Object.keys(rule.params))}`
  }
  const read = readParam(spec, value)
  return typeof read === 'object' ? `it ${read.why}` : undefined
}

function valueOf(home: Home, { resident, rule, param }: Key): number | string | undefined {
  const owner = resident === undefined ? home : home.residents.find(({ id }) => id === resident)
  return owner?.params?.[rule]?.[param]
}

function withValue(home: Home, { resident, rule, param }: Key, value: number | string | undefined): Home {
  if (resident === undefined) return withParam(home, rule, param, value)
  return {
    ...home,
    residents: home.residents.map((one) => (one.id === resident ? withParam(one, rule, param, value) : one)),
  }
}

function withParam<T extends { readonly params?: Params }>(
  owner: T,
  rule: string,
  param: string,
  value: number | string | undefined,
): T {
  const { params = {}, ...rest } = owner
  const { [param]: _param, ...values } = params[rule] ?? {}
  const { [rule]: _rule, ...others } = params
  const own = value === undefined ? values : { ...values, [param]: value }
  const next = Object.keys(own).length > 0 ? { ...others, [rule]: own } : others
  // What is not set is not there: a home without limits of its own is equal to one that never had any.
  return (Object.keys(next).length > 0 ? { ...rest, params: next } : rest) as T
}

function withNotes(personal: HomePersonal, notes: readonly LimitNote[]): HomePersonal {
  if (notes.length === 0) return personal
  const all = [...(personal.limits ?? []), ...notes]
  const newest = new Set(newestNotes(all))
  const old = all.filter((note) => !newest.has(note))
  const kept = new Set(old.slice(Math.max(0, old.length - Math.max(0, MOST_NOTES - newest.size))))
  return { ...personal, limits: all.filter((note) => newest.has(note) || kept.has(note)) }
}

/** Of each limit the newest note. */
function newestNotes(notes: readonly LimitNote[]): LimitNote[] {
  return [
    ...new Map(notes.map((note) => [`${note.resident ?? ''}|${note.rule}|${note.param}`, note])).values(),
  ]
}

function isSame(a: Key, b: Key): boolean {
  return a.resident === b.resident && a.rule === b.rule && a.param === b.param
}
