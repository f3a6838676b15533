import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import { MappingType, SpecialValueMatch } from '@grafana/grafana-foundation-sdk/dashboard'
import { HUB_FINDINGS } from '../hub/alerts/hub-findings.ts'
import type { Severity, Text } from '../hub/model/alert.ts'
import { SEVERITIES } from '../hub/model/alert.ts'
import { urgencyOf } from '../hub/history/samples.ts'
import { KINDS } from '../hub/model/kind.ts'
import type { ProtectionState } from '../hub/model/protection.ts'
import { PROTECTION_CODES, PROTECTION_STATES } from '../hub/model/protection.ts'
import { ACTIVE, BACKGROUND, SHAPE, UNKNOWN, WELL } from './palette.ts'
import { REASONS } from './reasons.ts'
import type { Words } from './words.ts'

/** Texts, and colours where they have one, in place of values. */
export function valueMap(
  texts: Readonly<Record<string, { readonly text: string; readonly color?: string }>>,
): ValueMapping {
  return { type: MappingType.ValueToText, options: { ...texts } }
}

/** In place of no value. */
export function missing(text: string, color: string = UNKNOWN): ValueMapping {
  return {
    type: MappingType.SpecialValue,
    options: { match: SpecialValueMatch.NullAndNan, result: { text, color } },
  }
}

/** In place of a tag that a point has not: null, or nothing, where it is grouped by. */
export function absent(text: string, color: string = WELL): readonly ValueMapping[] {
  const nothing = { match: SpecialValueMatch.Empty, result: { text, color } }
  return [missing(text, color), { type: MappingType.SpecialValue, options: nothing }]
}

/** Whatever it is: the same text. */
export function always(text: string): ValueMapping {
  return { type: MappingType.RegexToText, options: { pattern: '^.+$', result: { text } } }
}

/** How grave an alert is, as a number: one can sort by it. */
export function urgencies(words: Words): ValueMapping {
  return severityMap(words, (severity) => String(urgencyOf(severity)))
}

export function severities(words: Words): ValueMapping {
  return severityMap(words, (severity) => severity)
}

function severityMap({ console }: Words, keyOf: (severity: Severity) => string): ValueMapping {
  const texts = SEVERITIES.map((severity) => [
    keyOf(severity),
    { text: `${SHAPE[severity]} ${console.severity[severity]}`, color: BACKGROUND[severity] },
  ])
  return valueMap(Object.fromEntries(texts))
}

export function handlings({ say }: Words): ValueMapping {
  return valueMap({
    new: { text: say('UNANSWERED', 'UBESVART'), color: BACKGROUND.high },
    acknowledged: { text: say('taken', 'tatt'), color: WELL },
    resolved: { text: say('resolved', 'avsluttet'), color: WELL },
  })
}

export function conditions({ say }: Words): ValueMapping {
  return valueMap({
    active: { text: say('goes on', 'pågår') },
    cleared: { text: say('over by itself', 'over av seg selv') },
  })
}

/** What rules and the hub call what they find; a rule of one's own shows its id. */
export function ruleTitles({ language, rules }: Words): ValueMapping {
  const named = (id: string, title: Text) => [id, { text: title[language] ?? title.en }] as const
  const texts = [
    ...[...rules.rules.values()].map(({ id, title }) => named(id, title)),
    ...Object.entries(HUB_FINDINGS).map(([id, { title }]) => named(id, title)),
  ]
  return valueMap(Object.fromEntries(texts))
}

export function events({ console }: Words): ValueMapping {
  return valueMap(Object.fromEntries(Object.entries(console.events).map(([what, text]) => [what, { text }])))
}

const STATE_COLOURS: Readonly<Record<ProtectionState, string>> = {
  not: BACKGROUND.high,
  partly: BACKGROUND.medium,
  protected: WELL,
  commissioning: BACKGROUND.low,
  planned: UNKNOWN,
  paused: UNKNOWN,
  closed: UNKNOWN,
}

export function protectionStates({ homes, say }: Words): ValueMapping {
  const names: Readonly<Record<ProtectionState, string>> = {
    ...homes.states,
    protected: say('Protected', 'Beskyttet'),
  }
  const texts = PROTECTION_STATES.map((state) => [state, { text: names[state], color: STATE_COLOURS[state] }])
  return valueMap(Object.fromEntries(texts))
}

export function reasons({ say }: Words): ValueMapping {
  const texts = PROTECTION_CODES.map((code) => [code, { text: say(...REASONS[code]) }])
  return valueMap({
    ...Object.fromEntries(texts),
    '': { text: say('nothing is missing', 'ingenting mangler') },
  })
}

/** Of a field that is 0 or 1. */
export function yesNo(
  one: { text: string; color?: string },
  zero: { text: string; color?: string },
): ValueMapping {
  return valueMap({ 1: one, 0: zero })
}

/**
 * Of `value` of a kind of words or of yes and no, as history has it: the index of the word.
 * @param active what is drawn as going on
 */
export function kindValues({ console }: Words, kind: string, active: readonly string[]): ValueMapping {
  const known = KINDS.get(kind)
  if (known === undefined) throw new Error(`Cannot map ${kind}: there is no such kind`)
  const names: Readonly<Record<string, string>> = console.values
  const words = known.words ?? [console.no, console.yes]
  const texts = words.map((word, index) => [
    String(index),
    { text: names[word] ?? word, color: active.includes(word) ? ACTIVE : WELL },
  ])
  return valueMap(Object.fromEntries(texts))
}
