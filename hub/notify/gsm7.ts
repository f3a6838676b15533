import { SegmentedMessage } from 'sms-segments-calculator'

/** Signs of good typography that cost a message its GSM-7 coding, and what to write instead. */
const PLAIN: Readonly<Record<string, string>> = {
  '–': '-',
  '—': '-',
  '‑': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '«': '"',
  '»': '"',
  '…': '...',
  '₂': '2',
}

/** Can the text be sent as GSM-7 (3GPP TS 23.038, 6.2.1, with the extension table)? Else it takes UCS-2. */
export function isGsm7(text: string): boolean {
  return new SegmentedMessage(text).encodingName === 'GSM-7'
}

/** How many SMS the text takes: 160 characters of GSM-7 or 70 of UCS-2 in one, 153 or 67 in each of several. */
export function countParts(text: string): number {
  return new SegmentedMessage(text).segmentsCount
}

/** One line, with typographic signs made plain; letters stay as they are: a name is never respelt. */
export function plainLine(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[–—‑‘’“”«»…₂]/g, (sign) => PLAIN[sign] ?? sign)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}

/** The text as it is cut into SMS: no sign is torn apart. */
export function partsOf(text: string): readonly string[] {
  // What is no sign in a segment is its header.
  return new SegmentedMessage(text).segments.map((segment) =>
    [...(segment as Iterable<{ readonly raw?: string }>)].map(({ raw = '' }) => raw).join(''),
  )
}
