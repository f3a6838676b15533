import { Environment } from '@marcbachmann/cel-js'
import type { ASTNode } from '@marcbachmann/cel-js'
import { KINDS } from '../model/kind.ts'
import type { Kind } from '../model/kind.ts'
import { hint } from '../source/parse-yaml.ts'
import type { Condition, Param } from './rule.ts'

/** CEL with whole numbers and decimals mixing freely in arithmetic, as people write limits. */
const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}

const isIn = (value: unknown, list: unknown): boolean =>
  Array.isArray(list) && list.some((item) => Number(item) === Number(value))

const base = ((): Environment => {
  const environment = new Environment({ limits: { maxAstNodes: 500, maxDepth: 40 } })
  for (const [operator, apply] of Object.entries(ARITHMETIC)) {
    const mixed = (a: unknown, b: unknown): number => apply(Number(a), Number(b))
    environment.registerOperator(`double ${operator} int: double`, mixed)
    environment.registerOperator(`int ${operator} double: double`, mixed)
  }
  environment.registerOperator('double % double: double', (a: unknown, b: unknown) => Number(a) % Number(b))
  environment.registerOperator('double == int: bool', (a: unknown, b: unknown) => Number(a) === Number(b))
  environment.registerOperator('double in list<int>: bool', isIn)
  environment.registerOperator('int in list<double>: bool', isIn)
  for (const name of ['kind', 'role', 'room', 'sensor', 'home', 'resident']) {
    environment.registerVariable(name, 'string')
  }
  return environment
})()

const CEL_TYPE = { word: 'string', boolean: 'bool', number: 'double' } as const

/** `value` of a score is its total. */
const SCORE: Kind = { sort: 'state', value: 'number' }

export type Compiled =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly message: string }

/**
 * Checks and compiles a condition on readings of one kind.
 * @returns the condition, or what is wrong with the text
 */
export function compileCondition(
  text: string,
  kindName: string,
  params: Readonly<Record<string, Param>>,
): Compiled {
  const isScore = kindName.startsWith('score:')
  const kind = isScore ? SCORE : KINDS.get(kindName)
  if (!kind) return { ok: false, message: `Cannot read readings of the kind "${kindName}": it is not known` }
  const numbers = Object.entries(params).filter(([, param]) => param.type === 'number')
  const environment = base.clone().registerVariable('value', CEL_TYPE[kind.value])
  if (isScore) {
    environment.registerVariable('total', 'double').registerVariable('missing', 'double')
    environment.registerVariable('risk', 'string').registerVariable('single3', 'bool')
  }
  if (numbers.length > 0) {
    environment.registerVariable({
      name: 'params',
      schema: Object.fromEntries(numbers.map(([name]) => [name, 'double'])),
    })
  }
  const checked = environment.check(text)
  if (!checked.valid) {
    const summary = checked.error?.message.split('\n')[0] ?? 'unknown error'
    return { ok: false, message: `Cannot use the condition \`${text}\`: ${explain(summary, params)}` }
  }
  if (checked.type !== 'bool') {
    return {
      ok: false,
      message: `Cannot use the condition \`${text}\`: it gives ${checked.type}, expected true or false`,
    }
  }
  const parsed = environment.parse(text)
  const wrong = unknownWord(parsed.ast, kind)
  if (wrong !== undefined) {
    return {
      ok: false,
      message: `Cannot use the condition \`${text}\`: ${kindName} is never "${wrong}"${hint(wrong, kind.words ?? [])}`,
    }
  }
  return {
    ok: true,
    condition: (scene) => {
      const result: unknown = parsed(scene)
      if (typeof result !== 'boolean') throw new TypeError(`gave ${String(result)}, expected true or false`)
      return result
    },
  }
}

function explain(summary: string, params: Readonly<Record<string, Param>>): string {
  const numbers = Object.keys(params).filter((name) => params[name]?.type === 'number')
  const key = /^No such key: (\w+)/.exec(summary)?.[1]
  if (key !== undefined && params[key]) return timeParam(key)
  if (key !== undefined) return `there is no parameter "${key}"${hint(key, numbers)}`
  const variable = /^Unknown variable: (\w+)/.exec(summary)?.[1]
  if (variable === 'params') return 'the rule has no "params" with numbers'
  if (variable !== undefined) {
    return `"${variable}" is not known${hint(variable, ['value', 'kind', 'role', 'room', 'sensor', 'home', 'resident', 'params', 'total', 'risk', 'single3', 'missing'])}`
  }
  return summary
}

function timeParam(name: string): string {
  return `params.${name} is a time, which stands in "for" or "absent.for"; a condition takes numbers`
}

/** A text compared with `value` that this kind can never have: nearly always a typing error. */
function unknownWord(ast: ASTNode, kind: Kind): string | undefined {
  if (kind.value !== 'word') return undefined
  const found = wordsComparedWithValue(ast)
  return found.find((text) => !kind.words?.includes(text))
}

function wordsComparedWithValue(node: ASTNode): string[] {
  if (node.op === '==' || node.op === '!=' || node.op === 'in') {
    const [left, right] = node.args
    const other = isValue(left) ? right : isValue(right) ? left : undefined
    if (other?.op === 'value') return typeof other.args === 'string' ? [other.args] : []
    if (other?.op === 'list') {
      return other.args.flatMap((item) =>
        item.op === 'value' && typeof item.args === 'string' ? [item.args] : [],
      )
    }
    return []
  }
  return children(node).flatMap(wordsComparedWithValue)
}

function isValue(node: ASTNode): boolean {
  return node.op === 'id' && node.args === 'value'
}

function children(node: ASTNode): ASTNode[] {
  const isNode = (part: unknown): part is ASTNode =>
    typeof part === 'object' && part !== null && 'op' in part && 'args' in part
  if (isNode(node.args)) return [node.args]
  return Array.isArray(node.args) ? node.args.flat(2).filter(isNode) : []
}
