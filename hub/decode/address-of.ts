import type { Unknown } from '../model/seen.ts'
import type { Profile } from './profile.ts'
import { matchTopic } from './topic-index.ts'

/**
 * With which address a sensor would have this topic: as the profile says whose template names most of the topic. A topic
 * that is like none of theirs is an address itself.
 * @param rest the topic after `homes/<homeId>/`
 */
export function addressOf(rest: string, profiles: ReadonlyMap<string, Profile>): Unknown {
  let best: Unknown = { address: rest, form: 'readings' }
  let shortest = Infinity
  for (const { topics } of profiles.values()) {
    for (const { form, template } of topics) {
      const address = matchTopic(template, rest)
      if (address === undefined || address.length >= shortest) continue
      best = { address, form: form === 'availability' ? form : 'readings' }
      shortest = address.length
    }
  }
  return best
}

/** A gateway that bridges a broker of its own may not know the part that the bridge puts before. */
export function belowHome(topic: string, home: string): string {
  const before = `homes/${home}/`
  return topic.startsWith(before) ? topic.slice(before.length) : topic
}
