import { useSyncExternalStore } from 'react'
import type { FieldProblem } from '../../model/register.ts'

/**
 * What an installer typed and did while the link was away, in this phone's own storage: until the hub has it, the visit is
 * over, or they sign out. The hub knows the name of a request for a day; later it could be done twice.
 */
export const KEPT_KEY = 'aal.visit'
const KEPT_FOR = 20 * 3_600_000

/** One change of the register, to be sent in its turn. */
export interface KeptAct {
  /** The name of the request: sent again, it is done once. */
  readonly id: string
  readonly home: string
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** The revision that was seen: of what is changed. */
  readonly seen?: string
  /** What it is about, for the list: `sensors` `hall-door`. */
  readonly part: 'home' | 'sensors' | 'rooms' | 'visit'
  readonly of: string
  readonly at: number
  /** The hub does not take it: it waits to be corrected. */
  readonly refused?: Refused
}

export interface Refused {
  readonly status: number
  readonly message: string
  readonly problems: readonly FieldProblem[]
}

/** What stands in the fields of a form. */
export type Typed = Readonly<Record<string, string>>

export interface Kept {
  readonly person: string
  readonly at: number
  /** By home and form: `h-0417 sensor`. */
  readonly typed: Readonly<Record<string, Typed>>
  readonly acts: readonly KeptAct[]
}

const NOTHING: Kept = { person: '', at: 0, typed: {}, acts: [] }
const listeners = new Set<() => void>()
let known: { readonly text: string | null; readonly kept: Kept } = { text: null, kept: NOTHING }

/** What is kept now; the same object as long as nothing changed. */
export function readKept(): Kept {
  const text = localStorage.getItem(KEPT_KEY)
  if (text === known.text) return known.kept
  known = { text, kept: parseKept(text) }
  return known.kept
}

/** @param person who is signed in: what somebody else typed here, or too long ago, is not theirs to send */
export function openKept(person: string, now: number): void {
  const { person: whose, at } = readKept()
  if (whose !== person || now - at > KEPT_FOR) forgetKept()
}

export function forgetKept(): void {
  localStorage.removeItem(KEPT_KEY)
  tell()
}

/** The visit of a home is over. */
export function forgetHome(home: string): void {
  changeKept((kept) => ({
    ...kept,
    typed: Object.fromEntries(Object.entries(kept.typed).filter(([key]) => !key.startsWith(`${home} `))),
    acts: kept.acts.filter((one) => one.home !== home),
  }))
}

export function keepTyped(person: string, form: string, typed: Typed | undefined, now: number): void {
  const { [form]: before, ...others } = readKept().typed
  if (before === undefined && typed === undefined) return
  changeKept((kept) => ({ ...kept, person, at: now, typed: typed ? { ...others, [form]: typed } : others }))
}

export function keepAct(person: string, act: KeptAct): void {
  changeKept((kept) => ({ ...kept, person, at: act.at, acts: [...kept.acts, act] }))
}

/** It was sent, or is not wanted any more. */
export function dropAct(id: string): void {
  changeKept((kept) => ({ ...kept, acts: kept.acts.filter((one) => one.id !== id) }))
}

export function refuseAct(id: string, refused: Refused): void {
  changeKept((kept) => ({
    ...kept,
    acts: kept.acts.map((one) => (one.id === id ? { ...one, refused } : one)),
  }))
}

/** What is kept, drawn anew when it changes, in another tab too. */
export function useKept(): Kept {
  return useSyncExternalStore(listen, readKept)
}

function changeKept(change: (kept: Kept) => Kept): void {
  const next = change(readKept())
  if (next.acts.length === 0 && Object.keys(next.typed).length === 0) localStorage.removeItem(KEPT_KEY)
  else localStorage.setItem(KEPT_KEY, JSON.stringify(next))
  tell()
}

function parseKept(text: string | null): Kept {
  try {
    const kept = JSON.parse(text ?? 'null') as Kept | null
    return kept && Array.isArray(kept.acts) && typeof kept.typed === 'object' ? kept : NOTHING
  } catch {
    return NOTHING
  }
}

function tell(): void {
  for (const listener of listeners) listener()
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  const elsewhere = ({ key }: StorageEvent) => {
    if (key === KEPT_KEY || key === null) listener()
  }
  addEventListener('storage', elsewhere)
  return () => {
    listeners.delete(listener)
    removeEventListener('storage', elsewhere)
  }
}
