import type { ServiceState } from '../../model/service-state.ts'
import type { Expected } from '../../model/visit.ts'

/** What the hub sends of its register, as far as the visit shows it. */
export interface FoundHome {
  readonly id: string
  readonly label?: string
  readonly area?: string
  readonly state: ServiceState
  readonly gateways: number
  readonly sensors: number
  readonly reachable: boolean
}

export interface Revised {
  readonly id: string
  readonly revision?: string
}

export interface RegisteredSensor extends Revised {
  readonly profile: string
  readonly address?: string
  readonly room?: string
  readonly role?: string
  readonly resident?: string
}

export interface RegisteredHome {
  readonly home: string
  readonly fields: Revised & {
    readonly timezone: string
    readonly label?: string
    readonly area?: string
    readonly address?: string
    readonly access?: string
  }
  readonly service: { readonly state: ServiceState }
  readonly residents: readonly (Revised & { readonly name?: string })[]
  readonly contacts: readonly (Revised & {
    readonly name?: string
    readonly phone?: string
    readonly role?: string
  })[]
  readonly rooms: readonly (Revised & { readonly name?: string })[]
  readonly sensors: readonly RegisteredSensor[]
}

export interface GatewayLine {
  readonly id: string
  readonly online: boolean
  readonly credentials: boolean
  /** How often it connected in five minutes, where that is a loop. */
  readonly reconnects?: number
}

/** Where gateways reach the hub. */
export interface BrokerAddress {
  /** Not given: where the console is. */
  readonly host?: string
  readonly port: number
  readonly tls: boolean
}

/** What is shown of a gateway this once. */
export interface MadeCredentials {
  readonly home: string
  readonly username: string
  readonly password?: string
}

export interface Words2 {
  readonly en: string
  readonly nb: string
}

export interface ProfileFacts {
  readonly id: string
  readonly title: Words2
  readonly maker: string
  readonly model: string
  readonly power: 'battery' | 'mains'
  readonly kinds: readonly string[]
  readonly prove?: {
    readonly steps: readonly { readonly ask: Words2; readonly expect: Expected }[]
    readonly nothing?: Words2
  }
}

/** A device that a gateway of the home speaks for, and nobody registered. */
export interface SeenDevice {
  readonly address: string
  readonly name?: string
  readonly maker?: string
  readonly model?: string
  readonly what?: string
  readonly heardAt?: number
  readonly lastAt: number
  readonly payload?: string
  readonly likely: readonly { readonly profile: string; readonly title: Words2; readonly score: number }[]
}
