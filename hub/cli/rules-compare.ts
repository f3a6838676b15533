import type { Transition } from '../model/alert.ts'
import { compareLoads } from '../rules/alert-load.ts'
import type { Load, LoadComparison } from '../rules/alert-load.ts'
import type { ReplayOptions } from '../rules/replay.ts'
import type { RuleSet } from '../rules/rule.ts'
import type { PastHistory } from './past-history.ts'
import { formatTable, printJson, printLine, printMessage } from './print.ts'
import { showProgress } from './replay-progress.ts'
import { toJson, toLine } from './show-transition.ts'

/** Two rule sets and where they came from. */
export interface ComparedRules {
  readonly a: { readonly path: string; readonly rules: RuleSet }
  readonly b: { readonly path: string; readonly rules: RuleSet }
}

/** So many differences are shown to people of each set; `--json` has all. */
const MOST_SHOWN = 50

/** `aal rules replay --compare` */
export function compareReplays(
  history: PastHistory,
  { a, b }: ComparedRules,
  options: Omit<ReplayOptions, 'homes' | 'rules'>,
  json: boolean,
): void {
  const said = [a, b].map(({ path, rules }) => {
    const bar = showProgress(history)
    const { onProgress } = bar
    const run = history.run({ ...options, rules, ...(onProgress && { onProgress }) })
    const transitions: Transition[] = []
    try {
      for (;;) {
        const next = run.next()
        if (!next.done) {
          if ('to' in next.value) transitions.push(next.value)
          continue
        }
        for (const { rule, reason } of next.value.faults) {
          printMessage(`The rule "${rule}" of ${path} could not be evaluated: ${reason}`)
        }
        return transitions
      }
    } finally {
      bar.stop()
    }
  })
  const comparison = compareLoads(said[0] ?? [], said[1] ?? [], history.zoneOf)
  if (json) {
    const { onlyA, onlyB, ...counts } = comparison
    const parts = { onlyA: onlyA.map(toJson), onlyB: onlyB.map(toJson) }
    printJson({ a: { rules: a.path }, b: { rules: b.path }, ...counts, ...parts })
  } else {
    printLine(format(comparison, a.path, b.path))
  }
}

function format({ total, shifts, rules, onlyA, onlyB }: LoadComparison, a: string, b: string): string {
  const counts = ({ a: inA, b: inB, onlyA: justA, onlyB: justB }: Load): string[] =>
    [inA, inB, justA, justB].map((count) => String(count).padStart(6))
  const heads = ['     A', '     B', 'only A', 'only B']
  return [
    `A is ${a}, B is ${b}: how often somebody is called for.`,
    '',
    formatTable(
      ['DAY       ', 'SHIFT', ...heads],
      [
        ...shifts.map(({ day, shift, ...load }) => [day, shift, ...counts(load)]),
        ['all', '', ...counts(total)],
      ],
    ),
    '',
    formatTable(
      ['RULE', ...heads],
      rules.map(({ rule, ...load }) => [rule, ...counts(load)]),
    ),
    ...difference('-', onlyA, 'A'),
    ...difference('+', onlyB, 'B'),
  ].join('\n')
}

function difference(sign: string, only: readonly Transition[], name: string): string[] {
  if (only.length === 0) return ['', `Nothing is said by ${name} alone.`]
  const more = only.length - MOST_SHOWN
  return [
    '',
    `Said by ${name} alone:`,
    ...only.slice(0, MOST_SHOWN).map((one) => `${sign} ${toLine(one)}`),
    ...(more > 0 ? [`… and ${more} more: --json has all.`] : []),
  ]
}
