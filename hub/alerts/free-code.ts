/**
 * Four digits that no other open alert or digest has: the first free one from where the id points.
 * @param id hex digits, at least eight
 */
export function freeCode(id: string, isFree: (code: string) => boolean): string {
  const start = Number.parseInt(id.slice(0, 8), 16)
  for (let offset = 0; offset < 9000; offset++) {
    const code = String(1000 + ((start + offset) % 9000))
    if (isFree(code)) return code
  }
  // More than 9,000 open alerts: codes repeat, and an answer must come from a contact of the home anyway.
  return String(1000 + (start % 9000))
}
