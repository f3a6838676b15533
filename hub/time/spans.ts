/** A stretch of time, ms: `from` inclusive, `to` exclusive. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The same time in order, without overlaps, gaps or empty stretches. */
export function mergeSpans(spans: readonly Span[]): readonly Span[] {
  const merged: { from: number; to: number }[] = []
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    if (to <= from) continue
    const last = merged.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  return merged
}

/** What lies in both. Each must be merged. */
export function commonSpans(a: readonly Span[], b: readonly Span[]): readonly Span[] {
  const common: Span[] = []
  for (let i = 0, j = 0; ;) {
    const [left, right] = [a[i], b[j]]
    if (!left || !right) return common
    const from = Math.max(left.from, right.from)
    const to = Math.min(left.to, right.to)
    if (from < to) common.push({ from, to })
    if (left.to < right.to) i++
    else j++
  }
}

/** What lies in the first and not in the second. Each must be merged. */
export function withoutSpans(spans: readonly Span[], gone: readonly Span[]): readonly Span[] {
  const edges = [-Infinity, ...gone.flatMap(({ from, to }) => [from, to]), Infinity]
  const kept: Span[] = []
  for (let i = 0; i < edges.length; i += 2) kept.push({ from: edges[i] ?? 0, to: edges[i + 1] ?? 0 })
  return commonSpans(spans, kept)
}

export function totalOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0)
}
