import { Environment } from '@marcbachmann/cel-js'

/** A CEL expression of a profile. In scope: `it` (the value under the mapping's key) and `payload` (all of it). */
export interface Expression {
  readonly source: string
  /** What it gives, as CEL names types: `string`, `bool`, `double`, `dyn` (known only at run time), … */
  readonly type: string
  /** @throws Error when these values cannot be computed with, such as `it * 2` of a text */
  run(it: unknown, payload: unknown): unknown
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
  const evaluate: (context: { it: unknown; payload: unknown }) => unknown = environment.parse(source)
  return {
    ok: true,
    expression: {
      source,
      type: checked.type ?? 'dyn',
      run: (it, payload) => plain(evaluate({ it, payload })),
    },
  }
}

/** CEL's whole numbers are BigInt; readings have plain numbers. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}

function createEnvironment(): Environment {
  const cel = new Environment().registerVariable('it', 'dyn').registerVariable('payload', 'dyn')
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
  return cel
}
