/** C0 and C1 but tab and newline, marks that turn text around, and lone surrogates. */
// oxlint-disable-next-line no-control-regex -- these are what it looks for
const STEERING = /[\0-\x08\x0B-\x1F\x7F-\x9F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]|\p{Cs}/gu
// oxlint-disable-next-line no-control-regex -- these are what it looks for
const COLOUR = /(\x1B\[[\d;]{0,12}m)/

/**
 * Text for a terminal: what came from outside must not move the cursor, write to the clipboard or turn a line around.
 * Colours stay; what else would steer shows as U+FFFD.
 */
export function printable(text: string): string {
  return text
    .split(COLOUR)
    .map((piece, index) => (index % 2 === 1 ? piece : piece.replace(STEERING, '\uFFFD')))
    .join('')
}
