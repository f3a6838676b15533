import type { lock } from '../words/en/lock.ts'
import type { Method } from '../api.ts'

export type ActName = keyof (typeof lock)['acts']

/** Every change that a page makes, and how it is called in the words. */
const ACTS: Readonly<Record<string, ActName>> = {
  'POST /api/alerts/:id/acknowledge': 'take',
  'POST /api/alerts/:id/take-over': 'takeOver',
  'POST /api/alerts/:id/hand-on': 'handOn',
  'POST /api/alerts/:id/comment': 'comment',
  'POST /api/alerts/:id/attend': 'attend',
  'POST /api/alerts/:id/resolve': 'resolve',
  'POST /api/handover': 'handover',
  'POST /api/handover/:note/reads': 'readHandover',
  'POST /api/homes': 'importHomes',
  'POST /api/homes/:home/consents/:contact': 'consent',
  'POST /api/homes/:home/contacts/:contact/status-link': 'statusLink',
  'POST /api/homes/:home/gateways': 'addGateway',
  'PUT /api/homes/:home/holds/:rule': 'hold',
  'DELETE /api/homes/:home/holds/:rule': 'liftHold',
  'POST /api/homes/:home/limits': 'limits',
  'PUT /api/homes/:home/modes/:mode': 'mode',
  'DELETE /api/homes/:home/modes/:mode': 'endMode',
  'POST /api/homes/:home/notes': 'note',
  'DELETE /api/homes/:home/notes/:note': 'removeNote',
  'POST /api/homes/:home/reveal': 'reveal',
  'POST /api/messages/:id/retry': 'retry',
  'POST /api/people': 'addPerson',
  'PATCH /api/people/:person': 'changePerson',
  'DELETE /api/people/:person': 'removePerson',
  'PUT /api/people/:person/password': 'forgetPassword',
  'POST /api/people/:person/sign-in-link': 'signInLink',
  'POST /api/phone/:home/:contact': 'answer',
  'POST /api/staff/:id/phone': 'answer',
  'POST /api/rules/trials': 'tryRules',
  'DELETE /api/rules/trials/:trial': 'stopTrial',
  'POST /api/rules/trials/:trial/switch-on': 'switchOn',
  'POST /api/shift/prints': 'print',
  'POST /api/tokens': 'addToken',
  'DELETE /api/tokens/:token': 'revokeToken',
}

const PATTERNS = Object.entries(ACTS).map(([route, name]) => {
  const [method = '', path = ''] = route.split(' ')
  return { method, parts: path.split('/'), name }
})

export interface NamedAct {
  /** Undefined for one that has no words: then its address has to do. */
  readonly name: ActName | undefined
  /** What stands in the address: the alert's id, the home and its mode. */
  readonly about: readonly string[]
}

/** What a change is, for people who are asked whether they still want it. */
export function nameAct(method: Method, path: string): NamedAct {
  const given = path.split('/').map(decodeURIComponent)
  const found = PATTERNS.find(
    (one) =>
      one.method === method &&
      one.parts.length === given.length &&
      one.parts.every((part, index) => part.startsWith(':') || part === given[index]),
  )
  if (!found) return { name: undefined, about: [path] }
  return { name: found.name, about: given.filter((_, index) => found.parts[index]?.startsWith(':')) }
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
