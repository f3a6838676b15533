import type { RunningCore } from '../core/create-core.ts'
import type { LinkStore } from '../database/links.ts'
import { mayGet } from '../model/consent.ts'

/** The link to the status page of a home that one contact has. */
export interface StatusLink {
  readonly url: string
  /** It works until then, ms. */
  readonly until: number
}

/** Makes links to status pages, and takes them back. */
export interface StatusLinks {
  /** The same as before, for as long as if it were new; or why there is none. */
  make(home: string, contact: string): StatusLink | { readonly why: string }
  /** Takes links back when their contact may not see the page any more, from now on; returns the way to end that. */
  follow(): () => void
}

export function createStatusLinks(parts: {
  readonly core: Pick<RunningCore, 'home' | 'homes' | 'now' | 'onCommit'>
  readonly links: Pick<LinkStore, 'tokenFor' | 'revoke'>
  /** How the outside reaches the hub over HTTPS, without a slash at the end. */
  readonly url: string | undefined
  /** For how long a link works, ms. */
  readonly valid: number
}): StatusLinks {
  const { core, links, url, valid } = parts

  function whyNot(home: string, id: string): string | undefined {
    const contact = core.home(home)?.contacts.find((one) => one.id === id)
    if (!contact) return `there is no contact "${id}" in home "${home}"`
    if (!mayGet('status', contact))
      return `the contact "${id}" has given no consent to "status", or wrote STOP`
    return url === undefined ? 'hub.yaml has no http.url that begins with https:' : undefined
  }

  return {
    make(home, contact) {
      const why = whyNot(home, contact)
      if (why !== undefined) return { why }
      const until = core.now() + valid
      const token = links.tokenFor({ use: 'status', home, recipient: `contact:${contact}` }, until)
      return { url: `${url}/s/${token}`, until }
    },
    follow() {
      return core.onCommit(({ entries }) => {
        for (const { now, input } of entries) {
          // The page itself looks at the consent each time; what was taken back must not work again with a new one.
          if (input.type !== 'stop' && input.type !== 'consent') continue
          const about = input.type === 'stop' ? input.contacts : [input]
          for (const { home, contact } of about) {
            const facts = core.home(home)?.contacts.find(({ id }) => id === contact)
            if (facts && mayGet('status', facts)) continue
            links.revoke({ use: 'status', home, recipient: `contact:${contact}` }, now)
          }
        }
      })
    },
  }
}
