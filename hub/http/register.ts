import type { Edit, FieldProblem, Fields } from '../model/register.ts'
import type { ServiceState } from '../model/service-state.ts'
import type { ModeEnd } from '../model/input.ts'
import type { Areas } from '../model/person.ts'
import type {
  Changed,
  FoundHome,
  GatewayView,
  ProfileFacts,
  RegisteredHome,
  ServiceView,
} from './register-view.ts'

/** The register, as those who put up and look after equipment work with it. */
export interface Register {
  /** Homes whose name, address, area, tag, gateway or device has this text; by id. */
  find(text: string, limit: number): Promise<readonly FoundHome[]>
  profiles(): readonly ProfileFacts[]
  /** @throws OfficeError */
  read(home: string): RegisteredHome
  /** @throws RegisterError */
  create(order: CreateOrder): Promise<Changed>
  /**
   * Changes one thing; in force when it returns.
   * @param seen the revision that the change was made from; not given: whatever it is now
   * @throws RegisterError
   */
  edit(home: string, edit: Edit, seen: string | undefined, who: Who): Promise<Changed>
  /** Another device in the place of a sensor, which goes on with its history and rules. @throws RegisterError */
  replaceSensor(
    home: string,
    sensor: string,
    device: { readonly profile?: string | undefined; readonly address?: string | undefined },
    seen: string | undefined,
    who: Who,
  ): Promise<Changed>
  /** @throws RegisterError */
  setService(home: string, order: ServiceOrder, who: Who): Promise<ServiceView>
  /** @throws OfficeError */
  service(home: string): ServiceView
  /** @throws OfficeError */
  gateways(home: string): readonly GatewayView[]
  /**
   * Another password for a gateway, shown once. The one before is good until the gateway comes with the new one, or no
   * more at once.
   * @throws OfficeError
   */
  rotateGateway(
    home: string,
    gateway: string,
    old: 'after-connect' | 'at-once',
  ): Promise<{ readonly home: string; readonly username: string; readonly password: string }>
  /** The home has it no more, and its credentials are gone. @throws OfficeError */
  removeGateway(home: string, gateway: string, who: Who): Promise<void>
}

export interface Who {
  readonly by: string
  readonly via: string
  /** Where they may put a home. */
  readonly areas: Areas
}

export interface CreateOrder extends Who {
  readonly fields: Fields
  /** A request that comes twice makes the same id, where none is given. */
  readonly seed?: string
}

export interface ServiceOrder {
  readonly to: ServiceState
  /** Of a pause. */
  readonly until?: ModeEnd
  readonly why?: string
}

/** A change of the register that cannot be made: every reason, each at its field. */
export class RegisterError extends Error {
  readonly code: 'not-found' | 'conflict' | 'invalid' | 'stale'
  readonly problems: readonly FieldProblem[]

  constructor(code: RegisterError['code'], problems: readonly FieldProblem[]) {
    super(problems.map(({ message }) => message).join('. '))
    this.name = 'RegisterError'
    this.code = code
    this.problems = problems
  }
}
