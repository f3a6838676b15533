import type { PolicySet } from './policy.ts'
import { endOf, gapsOf, isSetUp } from './rota.ts'
import type { Rota } from './rota.ts'

/** Something about the rotas that somebody should put right. Times in ms. */
export type OncallFinding =
  /** Nobody who is registered is on call. */
  | { readonly type: 'gap'; readonly rota: string; readonly from: number; readonly to: number }
  /** A rota or group names somebody who is not registered. */
  | { readonly type: 'unknown'; readonly where: string; readonly id: string }
  /** Somebody in a rota or group cannot get an SMS. */
  | { readonly type: 'no-phone'; readonly id: string }
  | { readonly type: 'past-override'; readonly rota: string; readonly from: string; readonly to: string }
  /** A policy counts on a rota that names nobody yet. */
  | { readonly type: 'empty'; readonly rota: string }

/** Looks through the rotas and groups up to a time. */
export function checkOncall(
  { policies, rotas, groups }: PolicySet,
  staff: readonly { readonly id: string; readonly phone?: string }[],
  now: number,
  until: number,
): readonly OncallFinding[] {
  const known = new Map(staff.map((one) => [one.id, one]))
  const used = new Set(
    [...policies.values()].flatMap(({ steps }) =>
      steps.flatMap(({ to }) => (to.type === 'oncall' ? [to.rota] : [])),
    ),
  )
  const findings: OncallFinding[] = []
  const named = new Set<string>()
  const name = (where: string, ids: readonly string[]): void => {
    for (const id of new Set(ids)) {
      named.add(id)
      if (!known.has(id)) findings.push({ type: 'unknown', where, id })
    }
  }
  for (const rota of rotas.values()) {
    if (!isSetUp(rota)) {
      if (used.has(rota.id)) findings.push({ type: 'empty', rota: rota.id })
      continue
    }
    const gaps = gapsOf(rota, now, until, (id) => known.has(id))
    findings.push(...gaps.map((gap) => ({ type: 'gap' as const, rota: rota.id, ...gap })))
    name(`rota ${rota.id}`, namesIn(rota))
    for (const override of rota.overrides) {
      const { from, to } = override
      if (endOf(rota, override) <= now) findings.push({ type: 'past-override', rota: rota.id, from, to })
    }
  }
  for (const [id, who] of groups) name(`group ${id}`, who)
  for (const id of named) {
    const one = known.get(id)
    if (one && one.phone === undefined) findings.push({ type: 'no-phone', id })
  }
  return findings
}

function namesIn({ shifts, overrides, fallback }: Rota): readonly string[] {
  return [...shifts.flatMap(({ who }) => who), ...overrides.flatMap(({ who }) => who), ...fallback]
}
