import type { lock } from '../words/en/lock.ts'
import type { Method } from '../api.ts'

export type ActName = keyof (typeof lock)['acts']

/**
 * The changes that are kept past a sign-in, and how they are called in the words. Not those whose answer is shown once
 * (links, tokens, names), nor those that bring names, numbers or a whole form: a browser writes what it keeps to its disk.
 */
export const ACTS: Readonly<Record<string, ActName>> = {
  'POST /api/alerts/:id/acknowledge': 'take',
  'POST /api/alerts/:id/take-over': 'takeOver',
  'POST /api/alerts/:id/hand-on': 'handOn',
  'POST /api/alerts/:id/comment': 'comment',
  'POST /api/alerts/:id/attend': 'attend',
  'POST /api/alerts/:id/resolve': 'resolve',
  'POST /api/handover': 'handover',
  'POST /api/handover/:note/reads': 'readHandover',
  'POST /api/homes/:home/consents/:contact': 'consent',
  'PUT /api/homes/:home/holds/:rule': 'hold',
  'DELETE /api/homes/:home/holds/:rule': 'liftHold',
  'POST /api/homes/:home/limits': 'limits',
  'PUT /api/homes/:home/modes/:mode': 'mode',
  'DELETE /api/homes/:home/modes/:mode': 'endMode',
  'DELETE /api/homes/:home/notes/:note': 'removeNote',
  'POST /api/messages/:id/retry': 'retry',
  'PATCH /api/people/:person': 'changePerson',
  'DELETE /api/people/:person': 'removePerson',
  'PUT /api/people/:person/password': 'forgetPassword',
  'POST /api/phone/:home/:contact': 'answer',
  'POST /api/staff/:id/phone': 'answer',
  'DELETE /api/rules/trials/:trial': 'stopTrial',
  'POST /api/rules/trials/:trial/switch-on': 'switchOn',
  'DELETE /api/tokens/:token': 'revokeToken',
}

const PATTERNS = Object.entries(ACTS).map(([route, name]) => {
  const [method = '', path = ''] = route.split(' ')
  return { method, parts: path.split('/'), name }
})

export interface NamedAct {
  readonly name: ActName
  /** What stands in the address: the alert's id, the home and its mode. */
  readonly about: readonly string[]
}

/** What a change is, for people who are asked whether they still want it; undefined for one that is not kept. */
export function nameAct(method: Method, path: string): NamedAct | undefined {
  const given = path.split('/').map(decodeURIComponent)
  const found = PATTERNS.find(
    (one) =>
      one.method === method &&
      one.parts.length === given.length &&
      one.parts.every((part, index) => part.startsWith(':') || part === given[index]),
  )
  return found && { name: found.name, about: given.filter((_, index) => found.parts[index]?.startsWith(':')) }
}

/** What people wrote or chose in it, as far as it is theirs to read: never a secret. */
export function wordsIn(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return []
  const fields = body as Readonly<Record<string, unknown>>
  return ['to', 'for', 'text', 'comment', 'why', 'reason', 'id', 'name'].flatMap((key) => {
    const value = fields[key]
    return typeof value === 'string' && value !== '' ? [value] : []
  })
}
