import type { z } from 'zod'
import type { Profile } from '../decode/profile.ts'
import { PART_NAMES } from '../model/register.ts'
import type { Edit, FieldProblem, Fields } from '../model/register.ts'
import type { RuleSet } from '../rules/rule.ts'
import { hint } from '../source/parse-yaml.ts'
import { homeSchema } from './homes-schema.ts'
import type { HomeText } from './homes-schema.ts'
import { readHome } from './parse-homes.ts'
import type { ParsedHome } from './parse-homes.ts'
import { suggestPhone } from './phone.ts'

export type Edited =
  | {
      readonly ok: true
      readonly source: HomeText
      readonly parsed: ParsedHome
      readonly changed: readonly string[]
    }
  | {
      readonly ok: false
      readonly why: 'not-found' | 'conflict' | 'invalid'
      readonly problems: readonly FieldProblem[]
    }

/** What `fields` may not touch: it has ways of its own. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  id: 'an id stays: history and topics have it',
  state: 'the state of a home is changed by itself',
  gateways: 'gateways are added and removed one by one',
  residents: 'residents are changed one by one',
  contacts: 'contacts are changed one by one',
  rooms: 'rooms are changed one by one',
  sensors: 'sensors are changed one by one',
  params: "limits are changed with the home's limits, with a reason",
  consent: 'consents are recorded with their source, by themselves',
}

/**
 * Changes one thing of a home. Nothing is changed where anything is wrong, and every error comes at once.
 * @param now ms
 */
export function editHome(
  source: HomeText,
  edit: Edit,
  profiles: ReadonlyMap<string, Profile>,
  rules: RuleSet,
  now: number,
): Edited {
  const touched = edit.type === 'fields' || edit.type === 'change' ? edit.fields : undefined
  const refused = Object.keys(touched ?? {}).flatMap((key) => {
    const why = ELSEWHERE[key]
    return why === undefined
      ? []
      : [{ pointer: pointerOf([key]), message: `Cannot change "${key}" here: ${why}` }]
  })
  if (refused.length > 0) return { ok: false, why: 'invalid', problems: refused }
  const list = 'part' in edit ? ((source[edit.part] ?? []) as readonly (Fields & { id: string })[]) : []
  const name = 'part' in edit ? PART_NAMES[edit.part] : ''
  const id = edit.type === 'add' ? edit.entry.id : edit.type === 'fields' ? '' : edit.id
  const index = list.findIndex((one) => one.id === id)
  if (edit.type === 'add') {
    if (index >= 0) {
      return refuse(
        'conflict',
        '/id',
        `Cannot add ${name} "${id}": the home has one with this id. Choose another id`,
      )
    }
  } else if (edit.type !== 'fields' && index < 0) {
    const known = hint(
      id,
      list.map((one) => one.id),
    )
    return refuse('not-found', '', `Cannot find ${name} "${id}" in home "${source.id}"${known}`)
  }
  const next = applied(source, edit, index)
  const at =
    edit.type === 'fields' ? [] : 'part' in edit ? [edit.part, edit.type === 'add' ? list.length : index] : []
  const read = readSource(next, profiles, rules, now)
  if (!read.ok) {
    const problems = read.problems.map(({ path, message, input }) => fieldProblem(path, at, message, input))
    return { ok: false, why: 'invalid', problems: explained(edit, problems) }
  }
  return { ok: true, source: next, parsed: read.parsed, changed: changedBy(source, edit, index) }
}

/** Reads a home that a person typed: every error with its place in what they sent. */
export function readNewHome(
  source: Fields,
  profiles: ReadonlyMap<string, Profile>,
  rules: RuleSet,
  now: number,
):
  | { readonly ok: true; readonly source: HomeText; readonly parsed: ParsedHome }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] } {
  const typed = withFields({}, source)
  const read = readSource(typed, profiles, rules, now)
  if (read.ok) return { ok: true, source: typed as HomeText, parsed: read.parsed }
  return {
    ok: false,
    problems: read.problems.map(({ path, message, input }) => fieldProblem(path, [], message, input)),
  }
}

/** Reads a home that was put together, not written in a file. */
export function readSource(
  source: unknown,
  profiles: ReadonlyMap<string, Profile>,
  rules: RuleSet,
  now: number,
):
  | { readonly ok: true; readonly parsed: ParsedHome }
  | {
      readonly ok: false
      readonly problems: readonly { path: readonly PropertyKey[]; message: string; input?: unknown }[]
    } {
  const shape = homeSchema.safeParse(source, {
    error: ({ code, input }) => (code === 'invalid_type' && input === undefined ? 'is missing' : undefined),
    reportInput: true,
  })
  if (!shape.success) {
    const problems = shape.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            path: [...issue.path, key],
            message: `Cannot use "${key}" here: it is not known`,
          }))
        : [{ path: issue.path, message: sentence(issue), input: issue.input }],
    )
    return { ok: false, problems }
  }
  const problems: { path: readonly PropertyKey[]; message: string }[] = []
  const parsed = readHome(
    shape.data,
    profiles,
    rules,
    (path, message) => void problems.push({ path, message }),
    now,
  )
  return problems.length > 0 ? { ok: false, problems } : { ok: true, parsed }
}

export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function sentence({ message, path }: z.core.$ZodIssue): string {
  const name = path.at(-1)
  return typeof name === 'string' ? `Cannot take "${name}": ${message}` : `Cannot take this: ${message}`
}

/** A problem elsewhere in the home than what was sent is about the whole of what was sent. */
function fieldProblem(
  path: readonly PropertyKey[],
  at: readonly PropertyKey[],
  message: string,
  input: unknown,
): FieldProblem {
  const isInside = at.every((key, index) => path[index] === key)
  const own = isInside ? path.slice(at.length) : []
  const suggestion = own.at(-1) === 'phone' && input !== undefined ? suggestPhone(String(input)) : undefined
  return { pointer: pointerOf(own), message, ...(suggestion !== undefined && { suggestion }) }
}

/** That somebody cannot be removed is told as what it is, not as what is wrong with the others then. */
function explained(edit: Edit, problems: readonly FieldProblem[]): readonly FieldProblem[] {
  if (edit.type !== 'remove') return problems
  return [
    {
      pointer: '',
      message: `Cannot remove ${PART_NAMES[edit.part]} "${edit.id}": ${problems.map(({ message }) => message).join('; ')}`,
    },
  ]
}

function applied(source: HomeText, edit: Edit, index: number): HomeText {
  switch (edit.type) {
    case 'fields':
      return withFields(source, edit.fields) as HomeText
    case 'add':
      return { ...source, [edit.part]: [...(source[edit.part] ?? []), withFields({}, edit.entry)] }
    case 'change':
      return {
        ...source,
        [edit.part]: (source[edit.part] ?? []).map((one, place) =>
          place === index ? withFields(one, edit.fields) : one,
        ),
      }
    case 'remove':
      return { ...source, [edit.part]: (source[edit.part] ?? []).filter((_, place) => place !== index) }
  }
}

function withFields(before: object, fields: Fields): object {
  const next: Record<string, unknown> = { ...before }
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || value === '') delete next[key]
    else if (key === 'keySafe' && typeof value === 'object' && !('code' in value)) {
      // Whoever may write where it hangs is not shown its code.
      next[key] = { ...(next[key] as object | undefined), ...value }
    } else next[key] = value
  }
  return next
}

/** Names of what changed, for the journal and the audit log: never a value, which may be a name. */
function changedBy(source: HomeText, edit: Edit, index: number): string[] {
  if (edit.type === 'remove') return [`${edit.part}/${edit.id}`]
  if (edit.type === 'add') return [`${edit.part}/${edit.entry.id}`]
  const before = (edit.type === 'fields' ? source : (source[edit.part] ?? [])[index]) as Fields | undefined
  const prefix = edit.type === 'fields' ? '' : `${edit.part}/${edit.id}/`
  return Object.entries(edit.fields)
    .filter(
      ([key, value]) => JSON.stringify(before?.[key] ?? null) !== JSON.stringify(value === '' ? null : value),
    )
    .map(([key]) => `${prefix}${key}`)
}

function refuse(why: 'not-found' | 'conflict' | 'invalid', pointer: string, message: string): Edited {
  return { ok: false, why, problems: [{ pointer, message }] }
}
