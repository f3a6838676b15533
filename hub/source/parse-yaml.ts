import { distance } from 'fastest-levenshtein'
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import type { z } from 'zod'
import type { Parsed, Problem } from './problem.ts'

type Path = readonly PropertyKey[]

/** A YAML text that was read, and where each of its parts stands. */
export interface Source<T> {
  readonly value: T
  /** Makes a problem that points at the value under this path, or at the nearest part above it that exists. */
  problem(path: Path, message: string): Problem
}

/**
 * Reads a YAML 1.2 text and checks it with a schema. Every error of the text comes at once, with its place.
 * @param file the name to show in problems
 */
export function parseYaml<S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
): Parsed<Source<z.output<S>>> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const at = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message }
  }
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map((error) => at(error.pos[0], `Cannot read this YAML: ${error.message}`)),
    }
  }
  const problem = (path: Path, message: string): Problem => at(offsetOf(document, path, false), message)
  let content: unknown
  try {
    content = document.toJS()
  } catch (cause) {
    // Aliases that grow without end.
    return { ok: false, problems: [at(0, `Cannot read this YAML: ${(cause as Error).message}`)] }
  }
  const result = schema.safeParse(content, { error: sayPlainly })
  if (result.success) return { ok: true, value: { value: result.data, problem } }
  const problems = result.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) =>
        at(
          offsetOf(document, [...issue.path, key], true),
          `Cannot use the key "${key}" here: it is not known${hint(key, knownKeys(schema, issue.path))}`,
        ),
      )
    }
    const name = issue.path.length > 0 ? `"${issue.path.map(String).join('.')}"` : 'the file'
    return [problem(issue.path, `Cannot take ${name}: ${issue.message}`)]
  })
  return { ok: false, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) }
}

/** zod's own words for these are about JavaScript. */
function sayPlainly(issue: z.core.$ZodRawIssue): string | undefined {
  const is = `is ${JSON.stringify(issue.input)}, expected`
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return 'is missing'
    if (issue.expected === 'object') return 'expected keys and values, such as { key: value }'
    if (issue.expected === 'number') return `${is} a number, such as 10`
    if (issue.expected === 'int') return `${is} a whole number, such as 10`
  }
  if (issue.code === 'too_big' && isOfNumbers(issue.origin)) {
    return `${is} ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`
  }
  if (issue.code === 'too_small' && isOfNumbers(issue.origin)) {
    return `${is} ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`
  }
  return undefined
}

function isOfNumbers(origin: string): boolean {
  return origin === 'number' || origin === 'int'
}

/** The character offset of the value (or with `ofKey` the key) under a path, or of its nearest parent. */
function offsetOf(document: Document, path: Path, ofKey: boolean): number {
  for (let length = path.length; length >= 0; length--) {
    const parent = length === 0 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const last = path[length - 1]
    if (length > 0 && isMap(parent) && (ofKey || length < path.length)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last)
      if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0]
    }
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

/** The keys that the schema at a path knows, as far as they can be found; of a union, those of all its options. */
function knownKeys(schema: z.ZodType, path: Path): string[] {
  interface Def {
    readonly shape?: Readonly<Record<string, unknown>>
    readonly element?: unknown
    readonly valueType?: unknown
    readonly options?: readonly unknown[]
  }
  const defsOf = (one: unknown): readonly Def[] => {
    const { def } = (unwrap(one) ?? {}) as { readonly def?: Def }
    return def?.options ? def.options.flatMap(defsOf) : def ? [def] : []
  }
  let current: readonly unknown[] = [schema]
  for (const part of path) {
    current = current
      .flatMap(defsOf)
      .map((def) => def.shape?.[String(part)] ?? def.element ?? def.valueType)
      .filter((next) => next !== undefined)
  }
  return [...new Set(current.flatMap(defsOf).flatMap(({ shape }) => Object.keys(shape ?? {})))]
}

function unwrap(schema: unknown): unknown {
  let current = schema
  for (;;) {
    const def = (current as { def?: { innerType?: unknown; in?: unknown } } | undefined)?.def
    const inner = def?.innerType ?? def?.in
    if (inner === undefined) return current
    current = inner
  }
}

/** `; did you mean "severity"?` for a word that is nearly another. */
export function hint(word: string, known: readonly string[]): string {
  const near = known.toSorted((a, b) => distance(word, a) - distance(word, b))[0]
  if (near !== undefined && distance(word, near) <= Math.max(1, Math.floor(word.length / 3))) {
    return `; did you mean "${near}"?`
  }
  return known.length > 0 ? `; known are ${known.join(', ')}` : ''
}
