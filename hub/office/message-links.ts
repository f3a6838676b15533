import type { RunningCore } from '../core/create-core.ts'
import type { LinkCodes } from '../database/link-codes.ts'
import { CODE_VALID } from '../database/link-codes.ts'
import type { LinkStore } from '../database/links.ts'
import type { Registry } from '../database/registry.ts'
import type { AlertLink } from '../model/link.ts'
import { recipientOf } from '../model/notification.ts'
import type { Notification } from '../model/notification.ts'
import type { BoardLink, SignInCode } from '../notify/render-letter.ts'
import type { MessageLink } from '../notify/render-message.ts'
import { mayBeShown } from '../model/way-in.ts'
import type { StatusLink, StatusLinks } from './status-links.ts'
import type { MessageSettings } from '../settings/message-settings.ts'

/** A link is good for a night and the day after it; the next round of messages makes it good for longer. */
const VALID = 24 * 3_600_000

/** What a message carries beside its words. */
export interface MessageLinks {
  linkFor(notification: Notification): MessageLink | undefined
  codeFor(notification: Notification): SignInCode | undefined
  /** Where somebody finds the alerts of a digest. */
  boardFor(notification: Pick<Notification, 'channel'>): BoardLink
  /** To the page that shows a contact how the home is. */
  statusFor(notification: Notification): StatusLink | undefined
}

export interface MessageLinkParts {
  readonly core: Pick<RunningCore, 'home' | 'now'>
  readonly registry: Pick<Registry, 'personal'>
  readonly links: LinkStore & LinkCodes
  /** How the outside reaches the hub over HTTPS, without a slash at the end; without it no message has a link. */
  readonly url: string | undefined
  /** `http.url` of the settings. */
  readonly boardUrl?: string
  readonly settings: MessageSettings
  readonly statusLinks: Pick<StatusLinks, 'make'>
  /** Whether a phone can answer an SMS of this hub. */
  readonly takesAnswers: boolean
}

/** Makes the links of messages when they are sent: each time the same for the same message. */
export function createMessageLinks(parts: MessageLinkParts): MessageLinks {
  const { core, registry, links, url, boardUrl, settings, takesAnswers, statusLinks } = parts

  function hasLink({ channel }: Notification): boolean {
    const wanted = settings.links[channel]
    return wanted === 'always' || (wanted === 'auto' && !takesAnswers)
  }

  function isOnlyWay({ channel }: Pick<Notification, 'channel'>): boolean {
    return channel === 'email' || (channel === 'sms' && !takesAnswers)
  }

  function boardFor(notification: Pick<Notification, 'channel'>): BoardLink {
    return {
      ...(boardUrl !== undefined && { url: `${boardUrl.replace(/\/+$/, '')}/?technical` }),
      isOnlyWay: isOnlyWay(notification),
    }
  }

  return {
    linkFor(notification) {
      const { alert, template, queuedAt, channel } = notification
      const isAskedAgain = template === 'unclear' || template === 'untaken'
      if (isAskedAgain && notification.digest) {
        // A link about one of them would not be about what they were told.
        const { url: board } = boardFor(notification)
        return board === undefined
          ? undefined
          : { url: board, use: 'board', isOnlyWay: isOnlyWay(notification) }
      }
      if (alert === undefined || (template !== 'alert' && !isAskedAgain)) return undefined
      if (settings.links[channel] === 'never') return undefined
      // About an area or the hub: no page but the board's own shows it.
      if (notification.home === undefined) {
        if (boardUrl === undefined || !hasLink(notification)) return undefined
        return {
          url: `${boardUrl.replace(/\/+$/, '')}/alerts/${alert}`,
          use: 'board',
          isOnlyWay: isOnlyWay(notification),
        }
      }
      if (url === undefined) return undefined
      const recipient = recipientOf(notification)
      const home = core.home(notification.home)
      const isShown =
        home !== undefined &&
        mayBeShown(settings.shown, recipient, home) &&
        registry.personal(home.id)?.way !== undefined
      // One link, not two: behind the one that shows the way in the alert can be answered too.
      if (!isShown && !hasLink(notification)) return undefined
      const use: AlertLink['use'] = isShown ? 'details' : 'answer'
      const token = links.tokenFor({ use, alert, recipient }, queuedAt + VALID)
      return {
        url: `${url}/${isShown ? 'd' : 'a'}/${token}`,
        use,
        isOnlyWay: isOnlyWay(notification),
      }
    },
    boardFor,
    statusFor({ letter, home, contact }) {
      if (letter?.is !== 'status-link' || home === undefined || contact === undefined) return undefined
      const link = statusLinks.make(home, contact)
      return 'url' in link ? link : undefined
    },
    codeFor(notification) {
      const { letter } = notification
      if (letter?.is !== 'sign-in-code') return undefined
      const { alert } = letter
      const code = links.codeFor({ use: 'details', alert, recipient: recipientOf(notification) }, core.now())
      return code === undefined ? undefined : { code, minutes: CODE_VALID / 60_000 }
    },
  }
}
