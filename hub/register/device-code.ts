/**
 * The address in one form where a device has it from its maker, and nothing else in the world the same: IEEE 802.15.4
 * (`0x00158d0001a2b3c4`), DevEUI, MAC. Undefined for a name that somebody gave it: two homes may have a `hall-door`.
 */
export function deviceCode(address: string): string | undefined {
  const bare = address.toLowerCase().replace(/^0x/, '').replace(/[:-]/g, '')
  return /^[0-9a-f]{16}$/.test(bare) || /^[0-9a-f]{12}$/.test(bare) ? bare : undefined
}
