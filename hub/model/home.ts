import type { ConsentKind, ConsentOfContact } from './consent.ts'
import type { Way } from './notification.ts'
import type { ServiceFacts, ServiceNote } from './service-state.ts'

/** A limit that a home or resident sets for itself, by rule and parameter. Durations in text: `6h`. */
export type Params = Readonly<Record<string, Readonly<Record<string, number | string>>>>

/** What the hub must know of a sensor to judge its silence; taken from its profile when it is registered. */
export interface SensorFacts {
  readonly id: string
  readonly profile: string
  /** The name the device has on its own network; part of the topic. */
  readonly address: string
  /** The broker of others over which it comes; not given: that of the hub. */
  readonly connector?: string
  readonly room?: string
  readonly role?: string
  readonly resident?: string
  /** The longest time between two messages of a working sensor, ms. */
  readonly heardEvery: number
  /** The kinds that its profile can give; with `*` any (native). */
  readonly kinds: readonly string[]
  /** The devices that stood here before, oldest first: this one goes on with their history and rules. */
  readonly before?: readonly FormerDevice[]
}

/** A device that was replaced. */
export interface FormerDevice {
  readonly profile: string
  readonly address: string
  /** ms */
  readonly until: number
}

export interface ResidentFacts {
  readonly id: string
  readonly language?: string
  readonly spo2Scale?: 1 | 2
  readonly params?: Params
}

/**
 * What a contact is to the home. Installers are told of nothing but what happens in maintenance; all others are told
 * of everything else.
 */
export const CONTACT_ROLES = ['family', 'neighbour', 'nurse', 'installer'] as const
export type ContactRole = (typeof CONTACT_ROLES)[number]

export interface ContactFacts extends ConsentOfContact {
  readonly id: string
  /** Not given: family. */
  readonly role?: ContactRole
  readonly language: string
  /** Ways for which no address is registered: `sms` without a phone number. Not given: none is known to lack. */
  readonly lacks?: readonly Way[]
  /** Who is told first: 1, then 2, … */
  readonly order: number
  /** By the clock of the home, from inclusive, to exclusive: then they are told of nothing but alarms. */
  readonly quiet?: { readonly from: string; readonly to: string }
  /** When they get the daily word on how things are, with their consent. */
  readonly allWell?: AllWell
}

/** `at` by the clock of the home, such as `08:00`; days: 1 is Monday, 7 is Sunday, all when not given. */
export interface AllWell {
  readonly at: string
  readonly days?: readonly number[]
}

/** A home as the core knows it: pseudonyms only (promise 5). Names and numbers are in `HomePersonal`. */
export interface Home {
  readonly id: string
  /** Not given: active. */
  readonly state?: ServiceFacts
  /** All of it was erased then, ms: what is left says that it was there, and that its id is given to no other. */
  readonly erased?: number
  readonly timezone: string
  readonly area?: string
  readonly risk?: number
  readonly params?: Params
  /** How much messages to the family and neighbours say. */
  readonly messages?: {
    /** `title` names what it is, such as a low oxygen reading; not given: that there is a health alert, and no more. */
    readonly health?: 'title' | 'category'
  }
  readonly gateways: readonly { readonly id: string }[]
  readonly residents: readonly ResidentFacts[]
  readonly sensors: readonly SensorFacts[]
  readonly contacts: readonly ContactFacts[]
}

/** One limit that was set, changed or taken back (`to` not given). For the whole home, or one resident. */
export interface LimitStep {
  readonly resident?: string
  readonly rule: string
  readonly param: string
  readonly from?: number | string
  readonly to?: number | string
}

/** What a person wants changed, for the home or one resident of it. */
export interface LimitOrder {
  readonly resident?: string
  /** By `rule.parameter`, such as `low-spo2.limit`. */
  readonly set?: Readonly<Record<string, number | string>>
  readonly unset?: readonly string[]
  readonly by: string
  readonly via: string
  readonly why: string
}

/** Who changed a limit, and why in their own words: they may say something about a person. */
export interface LimitNote extends LimitStep {
  readonly at: number
  readonly by: string
  /** `cli`, `console`, `api`, or `import` when a file replaced it. */
  readonly via: string
  readonly why?: string
}

/** The personal part of a home. Lives in the registry only: never in the journal, topics, history or logs. */
export interface HomePersonal {
  readonly id: string
  readonly label?: string
  /** Where to go and how to get in: shown only over a link with sign-in, never in a message. */
  readonly way?: WayIn
  /** What people sort homes by; they may say something about a person. */
  readonly tags?: readonly string[]
  /** What rooms are called. Those that nobody named are known by their sensors alone. */
  readonly rooms?: readonly { readonly id: string; readonly name?: string }[]
  readonly residents: readonly { readonly id: string; readonly name?: string }[]
  readonly contacts: readonly {
    readonly id: string
    readonly name?: string
    /** E.164, with the plus sign. */
    readonly phone?: string
    readonly email?: string
    /** What this contact calls the resident: `Mor`. */
    readonly alias?: string
    /** Where the newest word on each kind of message comes from. */
    readonly consents?: ConsentNotes
  }[]
  /** Numbers that wrote STOP and stand with no contact of the home any more, and since when, ms: they may come back. */
  readonly stops?: Readonly<Record<string, number>>
  /** Changes of limits by people, oldest first. */
  readonly limits?: readonly LimitNote[]
  /** Why a mode was set, by mode: the newest. */
  readonly modes?: Readonly<Record<string, ModeNote>>
  /** Why a rule was held, by rule: the newest. */
  readonly holds?: Readonly<Record<string, ModeNote>>
  /** Who said last what state the home is in. */
  readonly state?: ServiceNote
}

/** What somebody says that a contact may get. */
export interface ConsentOrder {
  readonly contact: string
  readonly give: readonly ConsentKind[]
  readonly withdraw: readonly ConsentKind[]
  /** Where it is written, in words. */
  readonly source: string
  readonly by: string
  readonly via: string
}

export type ConsentNotes = Readonly<Partial<Record<ConsentKind, ConsentNote>>>

/** Who recorded a consent or its end, and where it says so: `signed form`. */
export interface ConsentNote {
  readonly at: number
  readonly by: string
  /** `cli`, `console`, `api`, or `import`. */
  readonly via: string
  readonly source: string
}

/** Where a home is and how to get into it. */
export interface WayIn {
  readonly address?: string
  /** The box with the key: where it hangs, and what opens it. */
  readonly keySafe?: { readonly code: string; readonly where?: string }
  /** For whoever goes there: the gate, the dog, the neighbour with a key. */
  readonly access?: string
}

/** Why somebody set a mode or held a rule, in their own words: they may say something about a person. */
export interface ModeNote {
  readonly at: number
  readonly why: string
}
