import type { StatusView } from '../office.ts'
import { html } from './html.ts'
import { page } from './link-pages.ts'
import type { PageParts } from './link-pages.ts'
import { STATUS_WORDS } from './status-words.ts'

/** How a home is, for one of its family: one sentence, three lines, what they can do. No values, counts or charts. */
export function statusPage(parts: PageParts, at: string, view: StatusView): string {
  const words = STATUS_WORDS[parts.language]
  return page(
    parts,
    html`
      <h1 class="${view.mood}"><span aria-hidden="true">${MARKS[view.mood]} </span>${view.headline}</h1>
      <dl class="lines">
        ${view.lines.map(
          ({ label, text }) =>
            html`<dt>${label}</dt>
              <dd>${text}</dd>`,
        )}
      </dl>
      <section class="way" aria-label="${words.youCan}">
        <h2>${words.youCan}</h2>
        <p>${words.callHome}</p>
        ${
          view.numbers.length === 0
            ? html`<p>${words.noNumbers}</p>`
            : view.numbers.map(
                ({ name, phone }) =>
                  html`<p>
                    <a class="call" href="tel:${phone}">${words.call(name)}<span>${spaced(phone)}</span></a>
                  </p>`,
              )
        }
        <p class="emergency">${words.emergency}</p>
      </section>
      <p class="asof">${words.made(view.made)} <a href="${at}">${words.again}</a></p>
      <p class="asof">${words.yours}</p>
    `,
    words.pageTitle,
  )
}

/** The same as the colour and the words say. */
const MARKS: Readonly<Record<StatusView['mood'], string>> = { calm: '✓', unsure: '?', medium: '◆' }

/** As people read numbers out: `+47 90 00 00 01`. */
function spaced(phone: string): string {
  const norwegian = /^\+47(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(phone)
  return norwegian ? `+47 ${norwegian.slice(1).join(' ')}` : phone
}
