import { Environment } from '@marcbachmann/cel-js'
import { describe } from './observation.ts'

/**
 * A CEL expression of a profile. In scope: `it` (the value under the mapping's key), `payload` (all of it) and `item`
 * (with `each`: the item of the list in which the key is). Beside CEL's own functions: `round(x)`, `percent(x, at0,
 * at100)`, which is cut off at 0 and 100, `biggest(list)`, and `refuse(reason)` for what must not be guessed.
 */
export interface Expression {
  readonly source: string
  /** What it gives, as CEL names types: `string`, `bool`, `double`, `dyn` (known only at run time), … */
  readonly type: string
  /** @throws Error when these values cannot be computed with, such as `it * 2` of a text */
  run(it: unknown, payload: unknown, item?: unknown): unknown
}

const environment = createEnvironment()

/**
 * Reads and type-checks an expression.
 * @returns the expression, or the reason for which it is none
 */
export function parseExpression(
  source: string,
): { readonly ok: true; readonly expression: Expression } | { readonly ok: false; readonly reason: string } {
  const checked = environment.check(source)
  if (!checked.valid) {
    const { error } = checked
    const where = error?.range ? ` (at character ${error.range.start + 1})` : ''
    return { ok: false, reason: `${error?.summary ?? 'it is not valid CEL'}${where}` }
  }
  const evaluate: (context: Readonly<Record<string, unknown>>) => unknown = environment.parse(source)
  return {
    ok: true,
    expression: {
      source,
      type: checked.type ?? 'dyn',
      run: (it, payload, item = payload) => plain(evaluate({ it, payload, item })),
    },
  }
}

/** CEL's whole numbers are BigInt; readings have plain numbers. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}

function createEnvironment(): Environment {
  const cel = new Environment()
  for (const name of ['it', 'payload', 'item']) cel.registerVariable(name, 'dyn')
  // A payload's numbers are doubles and a literal `100` is an int: CEL itself does not mix them.
  const arithmetic: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '%': (a, b) => a % b,
  }
  for (const [operator, compute] of Object.entries(arithmetic)) {
    const mixed = (a: number | bigint, b: number | bigint): number => compute(Number(a), Number(b))
    cel.registerOperator(`double ${operator} int: double`, mixed)
    cel.registerOperator(`int ${operator} double: double`, mixed)
  }
  cel.registerFunction('round(double): double', (value: number) => Math.round(value))
  cel.registerFunction('round(int): int', (value: bigint) => value)
  cel.registerFunction('percent(dyn, dyn, dyn): double', percent)
  cel.registerFunction('biggest(list): double', biggest)
  cel.registerFunction('refuse(string): dyn', refuse)
  return cel
}

/** What the words mean that radios measure in dBm: `percent(it, -100, -50)`. */
function percent(value: unknown, at0: unknown, at100: unknown): number {
  const share = (numberOf(value) - numberOf(at0)) / (numberOf(at100) - numberOf(at0))
  return Math.round(Math.min(Math.max(share, 0), 1) * 100)
}

function biggest(list: unknown): number {
  if (!Array.isArray(list) || list.length === 0) throw new Error('there is no number to be the biggest')
  return list.map(numberOf).reduce((a, b) => Math.max(a, b))
}

function refuse(reason: unknown): never {
  throw new Error(String(reason))
}

function numberOf(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  throw new Error(`it is ${describe(value)}, expected a number`)
}
