/** A piece of a page, with everything that came from outside escaped. */
export interface Html {
  readonly html: string
}

type Part = Html | readonly Html[] | string | number | undefined | false

/** Text in braces is escaped, pieces stay as they are, and what is undefined or false is left out. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return {
    html: strings.reduce((text, string, index) => `${text}${write(parts[index - 1])}${string}`),
  }
}

function write(part: Part): string {
  if (part === undefined || part === false) return ''
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part))
  return 'html' in part ? part.html : part.map((one) => one.html).join('')
}

const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign)
}
