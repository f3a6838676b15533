import type { Home } from '../model/home.ts'
import { KINDS } from '../model/kind.ts'
import { paramsFor } from '../rules/rule.ts'
import type { Rule, Scene, WhenTrigger } from '../rules/rule.ts'

export interface VitalLimit {
  readonly rule: string
  readonly at: number
  /** `low`: below it is found. */
  readonly side: 'low' | 'high'
}

/**
 * Where the rules in force begin to find something about a kind, with the person's own limits. A parameter is such a
 * limit when the rule's condition is true on one side of it and not on the other; rules that look at the past or at
 * scores have none.
 */
export function limitsOf(
  kind: string,
  home: Home,
  resident: string | undefined,
  rules: readonly Rule[],
): VitalLimit[] {
  const { min = -Infinity, max = Infinity } = KINDS.get(kind) ?? {}
  const facts = home.residents.find(({ id }) => id === resident)
  return rules.flatMap((rule) => {
    const { trigger } = rule
    if (trigger.type !== 'when' || trigger.on !== kind || rule.tracks.length > 0) return []
    const params = paramsFor(rule, home, facts)
    return Object.entries(params).flatMap(([name, at]): VitalLimit[] => {
      if (rule.params[name]?.type !== 'number' || at < min || at > max) return []
      const below = isFound(trigger, at - 0.01, kind, home, resident, params)
      const above = isFound(trigger, at + 0.01, kind, home, resident, params)
      if (below === undefined || above === undefined || below === above) return []
      return [{ rule: rule.id, at, side: below ? 'low' : 'high' }]
    })
  })
}

/** Undefined: the condition asks for something that only the engine has. */
function isFound(
  { when }: WhenTrigger,
  value: number,
  kind: string,
  home: Home,
  resident: string | undefined,
  params: Readonly<Record<string, number>>,
): boolean | undefined {
  const unknown = new Proxy(
    {},
    {
      get() {
        throw new Error('Cannot know this without the engine')
      },
    },
  ) as Scene['past'] & Scene['local']
  try {
    return when({
      value,
      kind,
      role: '',
      room: '',
      sensor: '',
      home: home.id,
      resident: resident ?? '',
      params,
      past: unknown,
      local: unknown,
    })
  } catch {
    return undefined
  }
}
