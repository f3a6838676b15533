/** The text of a file as spreadsheets and editors write it: UTF-8, UTF-16, or Windows-1252 as Excel in Norway does. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes)
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  // Without a byte order mark: of Latin letters every other byte is zero.
  const part = bytes.subarray(0, 400)
  const zeros = [0, 1].map((odd) => part.filter((byte, index) => index % 2 === odd && byte === 0).length)
  if ((zeros[1] ?? 0) > part.length / 5) return 'utf-16le'
  if ((zeros[0] ?? 0) > part.length / 5) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}
