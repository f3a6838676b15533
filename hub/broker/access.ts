/** Who a connection belongs to. */
export interface Identity {
  readonly gateway: string
  readonly home: string
}

export type Access =
  | { readonly allowed: true; /** The topic after `homes/<homeId>/`. */ readonly rest: string }
  | { readonly allowed: false; readonly reason: string }

/** A gateway publishes and subscribes only under `homes/<homeId>/` of its own home, wildcards included. */
export function accessTo(topic: string, { home }: Identity): Access {
  const prefix = `homes/${home}/`
  if (topic.startsWith(prefix) && topic.length > prefix.length) {
    return { allowed: true, rest: topic.slice(prefix.length) }
  }
  return { allowed: false, reason: `topic "${topic}" is not under ${prefix}` }
}
