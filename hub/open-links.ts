import type { Config } from './config.ts'
import type { RunningCore } from './core/create-core.ts'
import { createLinkCodes } from './database/link-codes.ts'
import type { LinkCodes } from './database/link-codes.ts'
import { loadLinkKey } from './database/link-key.ts'
import { createLinkStore } from './database/links.ts'
import type { LinkStore } from './database/links.ts'
import type { Registry } from './database/registry.ts'
import { createMessageLinks } from './office/message-links.ts'
import type { MessageLinks } from './office/message-links.ts'
import { createStatusLinks } from './office/status-links.ts'
import type { StatusLinks } from './office/status-links.ts'
import type { OpenStore } from './open-store.ts'
import { takesAnswers } from './settings/message-settings.ts'
import { routeOf } from './settings/route-settings.ts'
import type { StopParts } from './stop-parts.ts'

export interface OpenLinksParts {
  readonly database: Pick<OpenStore, 'db' | 'folder'>
  readonly core: RunningCore
  readonly registry: Registry
  readonly onStop: StopParts['onStop']
}

/** The links in messages and to status pages. */
export interface OpenLinks {
  readonly links: LinkStore & LinkCodes
  readonly statusLinks: StatusLinks
  readonly messageLinks: MessageLinks
}

/** Makes the links that a configuration allows; those of contacts who may not see their home any more end. */
export function openLinks(
  config: Config,
  { database: { db, folder }, core, registry, onStop }: OpenLinksParts,
): OpenLinks {
  const key = loadLinkKey(folder)
  const links = { ...createLinkStore(db, key), ...createLinkCodes(db, key) }
  const url = secureUrl(config)
  const smsRoute = routeOf(config, 'sms')
  const statusLinks = createStatusLinks({ core, links, url, valid: config.messages.status.valid })
  onStop('status links', statusLinks.follow())
  const messageLinks = createMessageLinks({
    statusLinks,
    core,
    registry,
    links,
    url,
    ...(config.http.url !== undefined && { boardUrl: config.http.url }),
    settings: config.messages,
    // The phone page is a phone too.
    takesAnswers: smsRoute.length === 0 || smsRoute.some(takesAnswers),
  })
  return { links, statusLinks, messageLinks }
}

/** Elsewhere than on this machine people sign in over HTTPS only. @returns without a slash at the end */
export function secureUrl({ http }: Pick<Config, 'http'>): string | undefined {
  return http.url?.startsWith('https:') ? http.url.replace(/\/+$/, '') : undefined
}
