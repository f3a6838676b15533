/**
 * Who counts as one address: with IPv6 the network of 64 bits, which is all that one customer has for sure.
 * `::ffff:192.0.2.1` is `192.0.2.1`.
 */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (address === '::1') return address
  const [head = '', tail = ''] = address.replace(/%.*$/, '').split('::', 2)
  const start = head.split(':').filter(Boolean)
  const rest = tail.split(':').filter(Boolean)
  const zeros = Array<string>(Math.max(0, 8 - start.length - rest.length)).fill('0')
  const groups = [...start, ...zeros, ...rest].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
