import type { Areas } from '../model/person.ts'
import type { AlarmHow, Certificate, LastProof, Visit } from '../model/visit.ts'

/** The installer's visit: each sensor is proven, and then the way of an alarm, timed; a certificate says so. */
export interface Visits {
  /** The one that is open; else the last one that was finished. @throws OfficeError */
  read(home: string): Visit | undefined
  /**
   * Begins one, or joins the one that is open: the home is in maintenance, and one that is planned is being set up.
   * @throws OfficeError
   */
  start(home: string, order: StartOrder): Promise<Visit>
  /** Waits for the reading that proves a step, from now. @throws OfficeError */
  ask(home: string, order: VisitOrder & { readonly sensor: string; readonly step: number }): Promise<Visit>
  /** Begins the timed proof from an alarm to its answer. @throws OfficeError */
  alarm(
    home: string,
    order: VisitOrder & { readonly how: AlarmHow; readonly sensor?: string | undefined },
  ): Promise<Visit>
  /** Makes the certificate, and puts the home into service. @throws OfficeError */
  finish(home: string, order: FinishOrder): Promise<Visit>
  /** Newest first. */
  certificates(home: string): readonly Certificate[]
  certificate(home: string, id: string): Certificate | undefined
  /** To be printed. */
  print(certificate: Certificate, language: 'en' | 'nb'): Promise<Buffer>
  /** When a home was proven last, and when it is to be again; undefined: never. */
  lastProof(home: string): LastProof | undefined
}

export interface VisitOrder {
  /** `operator:ola` */
  readonly by: string
  readonly via: string
}

export interface StartOrder extends VisitOrder {
  /** The phone that gets the SMS of tests, registered as an installer of the home. */
  readonly phone?: string | undefined
  readonly language?: string | undefined
  readonly areas: Areas
}

export interface FinishOrder extends VisitOrder {
  readonly note?: string | undefined
  /** Finish though something is missing: why. */
  readonly force?: string | undefined
}
