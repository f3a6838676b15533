import type { Alert } from '../../model/alert.ts'

/** Each severity has its shape, in 16 by 16. */
export const SHAPES: Readonly<Record<Alert['severity'], string>> = {
  high: 'M8 1 15.5 15H.5Z',
  medium: 'M8 .5 15.5 8 8 15.5.5 8Z',
  low: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z',
  info: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z',
}
