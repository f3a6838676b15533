import { OfficeError } from '../http/office.ts'
import type { Registered } from '../register/limits.ts'

/** @throws OfficeError that says who there is */
export function refuseUnknownResident({ id, residents }: Registered['home'], resident: string): void {
  if (residents.some((one) => one.id === resident)) return
  const known = residents.map((one) => one.id).join(', ')
  throw new OfficeError(
    'not-found',
    `Cannot find the resident "${resident}" in home "${id}"${known === '' ? ': it has none' : `. There is: ${known}`}`,
  )
}
