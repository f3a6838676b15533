import type { WayIn } from '../../model/home.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { LINK_WORDS } from './link-words.ts'
import type { LinkWords, PageLanguage } from './link-words.ts'
import type { LinkView } from './link-view.ts'

/** What became of the last form, where the page cannot tell it from how things stand. */
export type Notice = 'sent' | 'wrong' | 'none' | 'wait'

/** How far the reader is with seeing where to go and how to get in. */
export type WaySection =
  | { readonly is: 'hidden'; readonly notice?: Notice }
  | { readonly is: 'shown'; readonly label?: string; readonly way: WayIn }

export interface PageParts {
  readonly language: PageLanguage
  readonly styles: string
}

/** A whole page. Its title says nothing: it stands in lists of tabs, and in previews. */
export function page(
  { language, styles }: PageParts,
  body: Html,
  title = LINK_WORDS[language].pageTitle,
): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow, noarchive" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <meta name="format-detection" content="telephone=no" />
        <title>${title}</title>
        <link rel="stylesheet" href="${styles}" />
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`.html
}

/**
 * What is up, how it stands, and what the reader can do: the next action first and largest.
 * @param at the address of this page, that its forms are sent to
 * @param way where to go and how to get in; only behind links that may show it
 */
export function alertPage(parts: PageParts, at: string, view: LinkView, way?: WaySection): string {
  const words = LINK_WORDS[parts.language]
  const { standing } = view
  const isOver = standing.is === 'over'
  return page(
    parts,
    html`
      ${view.test && html`<p class="test">${words.test}</p>`}
      <h1 class="${isOver ? 'calm' : view.alert.severity}">
        ${words.heading(view.title ?? words.healthAlert, view.place)}
      </h1>
      <p class="when">
        ${words.when(view.time, view.minutesAgo)}${view.learned !== undefined && html` · ${words.learned(view.learned)}`}
      </p>
      ${way?.is === 'shown' && wayShown(words, way)} ${standingOf(words, view, at, way)}
      ${way?.is === 'hidden' && standing.is !== 'mine' && wayHidden(words, view, at, way.notice)}
      ${!isOver && emergency(words)}
      <p class="asof">${words.asOf(view.asOf)} <a href="${at}">${words.lookAgain}</a></p>
    `,
  )
}

function standingOf(words: LinkWords, view: LinkView, at: string, way: WaySection | undefined): Html {
  const { standing } = view
  switch (standing.is) {
    case 'open':
      return html`<p class="standing">${words.nobodyYet}</p>
        ${button(at, 'take', words.take, 'first')} ${button(at, 'cannot', words.cannot)}`
    case 'declined':
      return html`<div class="said" role="status">
          <h2>${words.declined}</h2>
          <p>${words.declinedNext}</p>
        </div>
        ${button(at, 'take', words.canAfterAll)}`
    case 'mine':
      return html`<div class="said" role="status">
          <h2>✓ ${words.youHaveIt}</h2>
          <p class="next"><strong>${words.whatNow}:</strong> ${view.advice ?? words.noAdvice}</p>
          <p>${words.youHaveItSince(standing.time)}</p>
        </div>
        ${way?.is === 'shown' && going(words, view, at)}
        ${way?.is === 'hidden' && wayHidden(words, view, at, way.notice)}
        ${button(at, 'cannot', words.cannotAfterAll)}`
    case 'taken':
      return html`<div class="said" role="status">
          <h2>${words.otherHasIt(standing.by, standing.time)}</h2>
          <p>${standing.asked ? words.askedYou : words.nothingToDo}</p>
        </div>
        ${
          standing.asked &&
          html`${button(at, 'take', words.take, 'first')} ${button(at, 'cannot', words.cannot)}`
        }`
    case 'over':
      return html`<div class="said" role="status">
        <h2>✓ ${words.over(standing.time)}</h2>
        <p>${words.nothingToDo}</p>
      </div>`
  }
}

function going(words: LinkWords, { attendance }: LinkView, at: string): Html {
  switch (attendance?.what) {
    case undefined:
      return html`${button(at, 'on-the-way', words.onTheWay, 'first')} ${button(at, 'arrived', words.arrived)}`
    case 'on-the-way':
      return html`<p class="standing">${words.youAreOnTheWay(attendance.time)}</p>
        ${button(at, 'arrived', words.arrived, 'first')}`
    case 'arrived':
      return html`<p class="standing">${words.youArrived(attendance.time)}</p>`
  }
}

function wayShown(words: LinkWords, { label, way }: Extract<WaySection, { is: 'shown' }>): Html {
  const { address, keySafe, access } = way
  return html`<section class="way" aria-label="${words.way}">
    <dl>
      <dt>${words.address}</dt>
      <dd>
        ${address !== undefined && html`<span class="address">${address}</span>`}
        ${label !== undefined && label !== address && html`<span>${label}</span>`}
      </dd>
      ${
        keySafe &&
        html`<dt>${words.keySafe}</dt>
          <dd>
            <span class="key">${keySafe.code}</span>
            ${keySafe.where !== undefined && html`<span>${keySafe.where}</span>`}
          </dd>`
      }
      ${
        access !== undefined &&
        html`<dt>${words.access}</dt>
          <dd class="access">${access}</dd>`
      }
    </dl>
  </section>`
}

/** Whoever has taken it needs the address next. */
function wayHidden(words: LinkWords, view: LinkView, at: string, notice: Notice | undefined): Html {
  const { hasPhone, standing } = view
  const kind = standing.is === 'mine' ? 'first' : 'second'
  const said =
    notice &&
    { sent: words.codeSent, wrong: words.codeWrong, none: words.codeNone, wait: words.codeWait }[notice]
  const canEnter = notice === 'sent' || notice === 'wrong' || notice === 'wait'
  return html`<section class="way" id="way">
    <h2>${words.way}</h2>
    ${
      said === undefined
        ? html`<p>${hasPhone ? words.wayHidden : words.noPhone}</p>`
        : html`<p role="status" class="${notice === 'sent' ? 'notice' : 'notice wrong'}">${said}</p>`
    }
    ${
      canEnter &&
      html`<form method="post" action="${at}">
        <label for="code">${words.codeLabel}</label>
        <input
          id="code"
          name="code"
          type="text"
          inputmode="numeric"
          autocomplete="one-time-code"
          pattern="[0-9 ]*"
          maxlength="10"
          required
        />
        <button class="first" name="do" value="sign-in">${words.show}</button>
      </form>`
    }
    ${hasPhone && button(at, 'send-code', canEnter ? words.newCode : words.sendCode, canEnter ? '' : kind)}
  </section>`
}

/** Of Norway: a phone calls it at a touch. */
const EMERGENCY_NUMBER = '113'

function emergency(words: LinkWords): Html {
  return html`<p class="emergency">
    ${words.emergency} <a href="tel:${EMERGENCY_NUMBER}">${EMERGENCY_NUMBER}</a>
  </p>`
}

function button(at: string, act: string, text: string, kind: 'first' | 'second' | '' = ''): Html {
  return html`<form method="post" action="${at}">
    <button class="${kind}" name="do" value="${act}">${text}</button>
  </form>`
}

/** What cannot be shown, and what to do. */
export function refusalPage(
  parts: PageParts,
  why: 'unknown' | 'expired' | 'closed' | 'wayOver' | 'tooMany' | 'failed',
): string {
  const words = LINK_WORDS[parts.language]
  const { heading, text } = words[why]
  return page(
    parts,
    html`<h1 class="calm">${heading}</h1>
      <p class="standing">${text}</p>
      ${why !== 'wayOver' && emergency(words)}`,
  )
}
