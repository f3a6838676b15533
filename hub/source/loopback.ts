import { BlockList, isIP } from 'node:net'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether an address is of this machine alone: `127.0.0.1`, `::1`, `::ffff:127.0.0.1`, `localhost`. */
export function isLoopback(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return address === 'localhost'
  return LOOPBACK.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
