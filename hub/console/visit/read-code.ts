/** What stands on a label, or behind its QR code. */
export type Code =
  /** As a device has it from its maker: IEEE address, DevEUI, MAC. */
  | { readonly is: 'device'; readonly address: string }
  /** Words that somebody typed, or the name of a device in its network. */
  | { readonly is: 'name'; readonly name: string }
  /** The login of a gateway of this hub. */
  | { readonly is: 'gateway'; readonly gateway: string }
  /** A home of this hub. */
  | { readonly is: 'home'; readonly home: string }
  /** It is of another hub. */
  | { readonly is: 'elsewhere'; readonly host: string }
  | { readonly is: 'unknown'; readonly text: string }

/** `0x00158d0001a2b3c4`, bare, with colons; DevEUI and MAC the same. */
const MAKERS = /^(?:0x)?((?:[0-9a-f]{2}[:-]?){7}[0-9a-f]{2}|(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2})$/i
/** `Z:00158D0001A2B3C4$I:…`, `G$M:…$A:04CF8CDF3C7D11FF$I:…`, `HUE:Z:… M:001788010B2C3D4E D:…`: the IEEE address among them. */
const ZIGBEE = /(?:^|[$% ;])(?:A|Z|M|MAC|IEEE|EUI64):(?:0x)?([0-9A-F]{16})(?=$|[$% ;])/i
/** `LW:D0:<JoinEUI>:<DevEUI>:<ProfileID>…` [LoRa Alliance TR005]; older: `URN:DEV:LW:<DevEUI>…`, `URN:LW:DP:…`. */
const LORAWAN = /^(?:LW:D0|URN:LW:DP):[0-9A-F]{16}:([0-9A-F]{16}):/i
const LORAWAN_URN = /^URN:DEV:LW:([0-9A-F]{16})/i

/**
 * Reads what was scanned or typed.
 * @param host where this hub is, as the browser and the gateways know it
 */
export function readCode(scanned: string, hosts: readonly string[]): Code {
  const text = scanned.trim()
  if (/^(?:https?|mqtts?|wss?):\/\//i.test(text)) return readAddress(text, hosts)
  const made = LORAWAN.exec(text) ?? LORAWAN_URN.exec(text)
  if (made?.[1] !== undefined) return { is: 'device', address: made[1].toLowerCase() }
  const zigbee = ZIGBEE.exec(text)
  if (zigbee?.[1] !== undefined) return { is: 'device', address: `0x${zigbee[1].toLowerCase()}` }
  const [, bare] = MAKERS.exec(text) ?? []
  if (bare !== undefined) {
    const plain = bare.replaceAll(/[:-]/g, '').toLowerCase()
    return { is: 'device', address: /^0x/i.test(text) ? `0x${plain}` : plain }
  }
  // Spaces and what MQTT has a meaning for are in no address.
  if (/^[^\s+#$%{}]{1,128}$/.test(text)) return { is: 'name', name: text }
  return { is: 'unknown', text: text.slice(0, 200) }
}

function readAddress(text: string, hosts: readonly string[]): Code {
  let url: URL
  try {
    // The same rules for all: a browser splits no `mqtts:` into host and user.
    url = new URL(text.replace(/^\w+:/, 'https:'))
  } catch {
    return { is: 'unknown', text: text.slice(0, 200) }
  }
  if (!hosts.includes(url.hostname)) return { is: 'elsewhere', host: url.hostname }
  const [kind, home] = url.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  if (url.username !== '') return { is: 'gateway', gateway: decodeURIComponent(url.username) }
  if ((kind === 'visit' || kind === 'homes') && home !== undefined) return { is: 'home', home }
  return { is: 'unknown', text: text.slice(0, 200) }
}

/** The same device, however its maker's code is written; undefined for a name. */
export function deviceCode(address: string): string | undefined {
  const bare = address.toLowerCase().replace(/^0x/, '').replaceAll(/[:-]/g, '')
  return /^(?:[0-9a-f]{16}|[0-9a-f]{12})$/.test(bare) ? bare : undefined
}
