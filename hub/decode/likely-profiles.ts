import { decode } from './decode.ts'
import { isObject } from './json-path.ts'
import { readJson } from './observation.ts'
import type { Decoded } from './observation.ts'
import type { Form, Profile, Words } from './profile.ts'
import { matchTopic } from './topic-index.ts'

/** What is known of a device that has no profile yet. */
export interface Unprofiled {
  /** Below `homes/<homeId>/`: where it spoke, or is said to speak. */
  readonly topics: readonly string[]
  /** Its newest message. */
  readonly payload?: string
  readonly model?: string
  readonly maker?: string
  /** Keys that its payloads are said to have. */
  readonly keys?: readonly string[]
}

/** A profile that may be that of a device. */
export interface Likely {
  readonly profile: string
  readonly title: Words
  /** 0 to 1. */
  readonly score: number
  readonly why: readonly Reason[]
}

/** What speaks for a profile, and `unfit` against it: a message of the device that it cannot read whole. */
export type Reason =
  | { readonly by: 'model'; readonly model: string }
  | { readonly by: 'maker'; readonly maker: string }
  /** Keys of its payloads that the profile reads. */
  | { readonly by: 'keys'; readonly keys: readonly string[] }
  | { readonly by: 'unfit'; readonly reason: string }

/** Of these the score is made. */
const WEIGHT = { keys: 0.6, model: 0.3, maker: 0.1, unfit: -0.3 }
/** Below it a profile is no help to whoever must choose one. */
const LEAST = 0.2
const MOST = 5
/** Keys are looked for so deep, and in so many items of a list. */
const DEEPEST = 6
const MOST_ITEMS = 20
/** Kinds that say how a device is, and not which. */
const SAID_BY_ALL: ReadonlySet<string> = new Set(['battery', 'link', 'tamper', 'availability'])

/**
 * The profiles with which a device could be registered, the likeliest first. None where no profile has its topics, or
 * where all it says is what every device says (its battery, its link).
 */
export function likelyProfiles(
  device: Unprofiled,
  profiles: ReadonlyMap<string, Profile>,
): readonly Likely[] {
  const forms = new Map([...profiles.values()].map((profile) => [profile, formsOf(profile, device.topics)]))
  const fitting = [...forms].filter(([, own]) => own.length > 0).map(([profile]) => profile)
  const payload = device.payload === undefined ? undefined : Buffer.from(device.payload)
  const keys = new Set([...(device.keys ?? []), ...(payload ? keysIn(payload) : [])])
  /** How much a key tells: one that only this profile reads tells most. */
  const tells = (key: string): number =>
    1 / Math.max(1, fitting.filter((profile) => readsKey(profile, key)).length)
  const known = [...keys].filter((key) => fitting.some((profile) => readsKey(profile, key)))
  const total = known.reduce((sum, key) => sum + tells(key), 0)

  return fitting
    .flatMap((profile): Likely[] => {
      const why: Reason[] = []
      let score = 0
      const own = known.filter((key) => readsKey(profile, key))
      const share = total === 0 ? 0 : own.reduce((sum, key) => sum + tells(key), 0) / total
      const isNative = profile.format === 'native'
      const read = payload && readBest(profile, forms.get(profile) ?? [], payload)
      const isRead = isNative && (read?.observations.length ?? 0) > 0
      if (own.length > 0 || isRead) {
        const said = isRead ? [...new Set(read?.observations.map(({ kind }) => kind))] : own
        why.push({ by: 'keys', keys: said })
        score += WEIGHT.keys * (isRead ? 1 : share)
      }
      if (
        device.model !== undefined &&
        isOneOf(device.model, [profile.model, ...Object.values(profile.models).flat()])
      ) {
        why.push({ by: 'model', model: device.model })
        score += WEIGHT.model
      }
      if (
        device.maker !== undefined &&
        isOneOf(device.maker, [profile.maker, ...Object.keys(profile.models)])
      ) {
        why.push({ by: 'maker', maker: device.maker })
        score += WEIGHT.maker
      }
      const wrong = read?.undecoded[0]
      if (wrong && (own.length > 0 || why.length > 0)) {
        why.push({ by: 'unfit', reason: wrong.reason })
        score += WEIGHT.unfit
      }
      const isSpecial =
        isRead || why.some(({ by }) => by === 'model') || own.some((key) => readsKey(profile, key, true))
      if (!isSpecial || score < LEAST) return []
      return [{ profile: profile.id, title: profile.title, score: Math.round(score * 100) / 100, why }]
    })
    .toSorted((a, b) => b.score - a.score || (a.profile < b.profile ? -1 : 1))
    .slice(0, MOST)
}

/** @param isSpecial only for what not every device says */
function readsKey({ readings }: Profile, key: string, isSpecial = false): boolean {
  return readings.some(
    (mapping) =>
      [...(mapping.each ?? []), ...mapping.key].join('.') === key &&
      !(isSpecial && SAID_BY_ALL.has(mapping.kind)),
  )
}

/** As what its topics would be taken; its availability tells nothing of what it is. */
function formsOf({ topics }: Profile, spoken: readonly string[]): Form[] {
  return topics
    .filter(
      ({ form, template }) => form !== 'availability' && spoken.some((one) => matchTopic(template, one)),
    )
    .map(({ form }) => form)
}

/** The payload as the topic has it of which most is read: nobody remembers on which of them it came. */
function readBest(profile: Profile, forms: readonly Form[], payload: Uint8Array): Decoded | undefined {
  return forms
    .map((form) => decode(profile, form, payload))
    .toSorted(
      (a, b) => b.observations.length - a.observations.length || a.undecoded.length - b.undecoded.length,
    )[0]
}

/** Every path of its keys, `uplink_message.decoded_payload.door`; what lists hold counts as below the list. */
function keysIn(payload: Uint8Array): string[] {
  const below = (value: unknown, depth: number): string[] => {
    if (depth > DEEPEST) return []
    if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).flatMap((item) => below(item, depth))
    if (!isObject(value)) return []
    return Object.entries(value).flatMap(([key, inner]) => [
      key,
      ...below(inner, depth + 1).map((rest) => `${key}.${rest}`),
    ])
  }
  return [...new Set(below(readJson(payload).json, 1))]
}

/** `SNZB-04` is one of `SNZB-04, SNZB-04P`; capitals and what stands between the parts do not count. */
function isOneOf(one: string, lists: readonly string[]): boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_.-]+/g, '')
  return lists
    .flatMap((list) => list.split(/[,;/]| or | and |\(|\)/))
    .some((part) => plain(part) !== '' && plain(part) === plain(one))
}
