/** What tells of the devices of a network: its bridge, or the discovery messages made for Home Assistant. */
export const ANNOUNCERS = ['zigbee2mqtt', 'homeassistant', 'tasmota', 'shelly'] as const
export type Announcer = (typeof ANNOUNCERS)[number]

/** What an announcement says of one device. Everything in it is as long as the hub allows, and from outside. */
export interface DeviceFacts {
  /** Stays when the device gets another name: its IEEE address, its MAC. */
  readonly hardware?: string
  readonly name?: string
  readonly maker?: string
  readonly model?: string
  /** What its maker or bridge says that it is: `Contact sensor`. */
  readonly what?: string
  readonly power?: 'battery' | 'mains'
  /** Where it speaks, below `homes/<homeId>/`. */
  readonly topics?: readonly string[]
  /** Keys that its payloads can have. */
  readonly keys?: readonly string[]
}

/** One device, as it is announced. */
export interface Announced extends DeviceFacts {
  /** What a sensor must be registered with to be this device. */
  readonly address: string
}

/** A device of a home that belongs to no registered sensor. Times in ms. Row `seen|home|address`. */
export interface SeenRow {
  /** When it was first heard or announced. */
  readonly firstAt: number
  /** When it was last heard; not given: it was only announced. */
  readonly heardAt?: number
  /** When it was last heard, or announced as something new. */
  readonly lastAt: number
  /** Its messages. */
  readonly count: number
  /** Below `homes/<homeId>/`; the newest last. */
  readonly topics: readonly string[]
  /** The newest one that says more than whether it is there. */
  readonly payload?: string
  /** By who says it. */
  readonly announced?: Readonly<Partial<Record<Announcer, DeviceFacts>>>
  /** Somebody does not want to see it. */
  readonly ignored?: { readonly at: number; readonly by: string; readonly via: string }
}

/** Whose message it is, where no sensor has its topic. */
export interface Unknown {
  /** The address with which it would be registered. */
  readonly address: string
  readonly form: 'readings' | 'availability'
}
