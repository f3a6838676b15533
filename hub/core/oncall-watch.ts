import type { PolicySet } from '../alerts/policy.ts'
import { gapsOf, isSetUp, nextChange } from '../alerts/rota.ts'
import type { Gap, Rota } from '../alerts/rota.ts'
import { localTime } from '../time/local-time.ts'
import type { TimerQueue } from '../rules/timer-queue.ts'
import type { AlertBook, When } from './alert-book.ts'

/** So long before nobody is on call it is said, ms: a day is enough to find somebody. */
const AHEAD = 24 * 3_600_000
const KEY = 'oncall'

/** Says of the rotas that policies count on when nobody is on call soon, or now; tells whoever comes on call what waits. */
export interface OncallWatch {
  /** Policies or staff have changed. */
  look(when: When): void
  /** Runs the timer; false when the key is another or it found nothing new. */
  due(key: string, when: When): boolean
}

export function createOncallWatch(
  timers: TimerQueue,
  book: Pick<AlertBook, 'found' | 'over' | 'refresh' | 'open' | 'tellNewcomers'>,
  known: () => { readonly policies: PolicySet; readonly staff: Pick<ReadonlySet<string>, 'has'> },
): OncallWatch {
  // Everything is worked out anew at each look: after a restart nothing must be remembered.
  if (watchedRotas(known().policies).length > 0) timers.set(KEY, 0)

  function look(when: When): boolean {
    const { policies, staff } = known()
    const { now } = when
    let changed = false
    let next = now + AHEAD
    const gaps = new Map<string, Gap>()
    const rotas = watchedRotas(policies)
    for (const rota of rotas) {
      next = Math.min(next, nextChange(rota, now) ?? next)
      const [gap] = gapsOf(rota, now, now + 2 * AHEAD, (id) => staff.has(id))
      if (!gap) continue
      const isSoon = gap.from <= now + AHEAD
      next = Math.min(next, isSoon ? gap.to : gap.from - AHEAD)
      if (isSoon) gaps.set(`hub/oncall/${rota.id}`, gap)
      if (isSoon) changed = tell(rota, gap, when) || changed
    }
    for (const { rule, scope } of book.open.values()) {
      if (rule !== 'hub-oncall-gap' || gaps.has(scope)) continue
      book.over('hub-oncall-gap', undefined, scope, when)
      changed = true
    }
    timers.set(KEY, rotas.length > 0 ? next : undefined)
    return changed
  }

  function tell(rota: Rota, gap: Gap, when: When): boolean {
    const scope = `hub/oncall/${rota.id}`
    const detail = { reason: describe(rota, gap, when.now) }
    const open = [...book.open.values()].find(
      (alert) => alert.rule === 'hub-oncall-gap' && alert.scope === scope,
    )
    if (open?.detail.reason === detail.reason) return false
    if (open) book.refresh({ rule: 'hub-oncall-gap', scope, detail })
    else book.found('hub-oncall-gap', undefined, scope, detail, when)
    return true
  }

  return {
    look: (when) => void look(when),
    due(key, when) {
      if (key !== KEY) return false
      const changed = look(when)
      return book.tellNewcomers(when) || changed
    },
  }
}

/** Those that a policy uses, and that have names in them. */
export function watchedRotas({ policies, rotas }: PolicySet): readonly Rota[] {
  const used = new Set(
    [...policies.values()].flatMap(({ steps }) =>
      steps.flatMap(({ to }) => (to.type === 'oncall' ? [to.rota] : [])),
    ),
  )
  return [...rotas.values()].filter((rota) => used.has(rota.id) && isSetUp(rota))
}

/** `care-centre: nobody is on call from Sat 07:00 to Sat 15:00`. The end may lie beyond what was looked at. */
function describe({ id, timezone }: Rota, { from, to }: Gap, now: number): string {
  const isOpen = to >= now + 2 * AHEAD
  const since = from <= now ? 'now' : `from ${showLocal(timezone, from)}`
  return `${id}: nobody is on call ${since}${isOpen ? '' : ` to ${showLocal(timezone, to)}`}`
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function showLocal(timezone: string, at: number): string {
  const { weekday, hour, minute } = localTime(timezone, at)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${WEEKDAYS[weekday - 1]} ${two(hour)}:${two(minute)}`
}
