/** One measured figure. For a ratio, both sides as measured in the same run. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly sides?: readonly [number, number]
  /** The least and the most of the rounds, where the value is their median. */
  readonly span?: readonly [number, number]
  readonly note?: string
  /** What was promised. */
  readonly aim?: Aim
}

export type Aim = { readonly least: number } | { readonly most: number }

export function isMet({ value, aim }: Figure): boolean | undefined {
  if (!aim) return undefined
  return 'least' in aim ? value >= aim.least : value <= aim.most
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** For a figure: the median of the rounds, and between what they lay. */
export function ofRounds(values: readonly number[]): Pick<Figure, 'value' | 'span'> {
  return { value: median(values), span: [Math.min(...values), Math.max(...values)] }
}

/** What so large a share of the values is at most: `at(times, 0.99)`. */
export function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
}
