import type { ASTNode } from '@marcbachmann/cel-js'
import type { Scene } from './rule.ts'

/** What a part of a condition gives; undefined: only CEL itself can say. */
type Part = (scene: Scene) => string | number | boolean | undefined

/** What readings bring. The past and the local time are CEL's. */
const FIELDS = [
  'value',
  'kind',
  'role',
  'room',
  'sensor',
  'home',
  'resident',
  'total',
  'risk',
  'single3',
  'missing',
] as const

/**
 * A condition without CEL, for what nearly all of them are made of: each reading of a kind asks all rules on it, and an answer takes a
 * tenth of the time so. It never says other than CEL: where it is not sure, CEL is asked (a property test holds it).
 * @param ast checked by CEL: what is compared is of one type
 * @param numbers the parameters that are numbers
 * @returns undefined when it would never know
 */
export function quickCondition(
  ast: ASTNode,
  numbers: ReadonlySet<string>,
): ((scene: Scene) => boolean | undefined) | undefined {
  const part = partOf(ast, numbers)
  if (!part) return undefined
  return (scene) => {
    const result = part(scene)
    return typeof result === 'boolean' ? result : undefined
  }
}

function partOf(node: ASTNode, numbers: ReadonlySet<string>): Part | undefined {
  switch (node.op) {
    case 'value':
      return literal(node.args)
    case 'id': {
      const field = FIELDS.find((name) => name === node.args)
      return field && ((scene) => scene[field])
    }
    case '.':
      return param(node.args[0], node.args[1], numbers)
    case '!_': {
      const of = partOf(node.args, numbers)
      return of && ((scene) => not(of(scene)))
    }
    case '&&':
    case '||':
      return both(partOf(node.args[0], numbers), partOf(node.args[1], numbers), node.op === '||')
    case 'in':
      return isOneOf(partOf(node.args[0], numbers), node.args[1])
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '+':
    case '-':
    case '*': {
      const [left, right] = node.args
      // Of two whole numbers the result is one, with its own rules.
      if (isWhole(left) && isWhole(right)) return undefined
      const [a, b] = [partOf(left, numbers), partOf(right, numbers)]
      return a && b && compared(node.op, a, b)
    }
    default:
      return undefined
  }
}

function literal(value: unknown): Part | undefined {
  const plain = typeof value === 'bigint' ? Number(value) : value
  switch (typeof plain) {
    case 'string':
    case 'number':
    case 'boolean':
      return () => plain
    default:
      return undefined
  }
}

function param(of: ASTNode, name: string, numbers: ReadonlySet<string>): Part | undefined {
  if (of.op !== 'id' || of.args !== 'params' || !numbers.has(name)) return undefined
  return ({ params }) => params[name]
}

function not(value: ReturnType<Part>): boolean | undefined {
  return typeof value === 'boolean' ? !value : undefined
}

/** `decides`: the value of the left side with which the right one is not asked. What cannot be known on the right may not matter. */
function both(left: Part | undefined, right: Part | undefined, decides: boolean): Part | undefined {
  if (!left) return undefined
  return (scene) => {
    const known = left(scene)
    if (known === decides) return decides
    return known === !decides ? right?.(scene) : undefined
  }
}

function isOneOf(value: Part | undefined, list: ASTNode): Part | undefined {
  if (!value || list.op !== 'list') return undefined
  const words = list.args.map((item) => (item.op === 'value' ? item.args : undefined))
  if (!words.every((word) => typeof word === 'string')) return undefined
  return (scene) => {
    const word = value(scene)
    return typeof word === 'string' ? words.includes(word) : undefined
  }
}

function compared(
  op: '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*',
  left: Part,
  right: Part,
): Part {
  switch (op) {
    case '==':
      return (scene) => same(left(scene), right(scene))
    case '!=':
      return (scene) => not(same(left(scene), right(scene)))
    case '<':
      return ofNumbers(left, right, (a, b) => a < b)
    case '<=':
      return ofNumbers(left, right, (a, b) => a <= b)
    case '>':
      return ofNumbers(left, right, (a, b) => a > b)
    case '>=':
      return ofNumbers(left, right, (a, b) => a >= b)
    case '+':
      return ofNumbers(left, right, (a, b) => a + b)
    case '-':
      return ofNumbers(left, right, (a, b) => a - b)
    case '*':
      return ofNumbers(left, right, (a, b) => a * b)
  }
}

function same(a: ReturnType<Part>, b: ReturnType<Part>): boolean | undefined {
  return a !== undefined && typeof a === typeof b ? a === b : undefined
}

function ofNumbers(left: Part, right: Part, take: (a: number, b: number) => number | boolean): Part {
  return (scene) => {
    const a = left(scene)
    const b = right(scene)
    return typeof a === 'number' && typeof b === 'number' ? take(a, b) : undefined
  }
}

/** Made of whole numbers alone. */
function isWhole(node: ASTNode): boolean {
  if (node.op === 'value') return typeof node.args === 'bigint'
  return (node.op === '+' || node.op === '-' || node.op === '*') && node.args.every(isWhole)
}
