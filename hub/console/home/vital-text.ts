import type { Vital } from '../api-types.ts'

export const numberText = (value: number): string => value.toLocaleString('nb', { maximumFractionDigits: 1 })

/** `≥ 90, ≤ 131` */
export const limitsText = (limits: Vital['limits']): string =>
  limits
    .toSorted((a, b) => a.at - b.at)
    .map((one) => `${one.side === 'low' ? '≥' : '≤'} ${numberText(one.at)}`)
    .join(', ')
