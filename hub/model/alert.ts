import type { Way } from './notification.ts'

export type Severity = 'high' | 'medium' | 'low' | 'info'
export type Category = 'safety' | 'health' | 'routine' | 'technical'
/** The same text in several languages; `en` is always there. */
export type Text = Readonly<Record<string, string>> & { readonly en: string }

/** Most urgent first (IEC 60601-1-8 priorities). */
export const SEVERITIES: readonly Severity[] = ['high', 'medium', 'low', 'info']

/** How an alert ended. */
export const CAUSES = ['real', 'false', 'test', 'pet', 'visitor', 'equipment', 'other'] as const
export type Cause = (typeof CAUSES)[number] | 'cleared'

/** Whom a finding is about: one home, or many of one area at once. Neither: the hub itself. */
export interface About {
  readonly home?: string
  /** As in the register; empty: the homes that have none there. */
  readonly area?: string
}

/** What a rule says now: one change of one finding. */
export interface Transition extends About {
  /** When it became true: the time of the reading, or the time the timer was due. */
  readonly at: number
  readonly rule: string
  /** What the finding is about: `h1`, `h1/r1`, `h1/bathroom` or `h1/fall-1`; of an area `area/Alta`. */
  readonly scope: string
  readonly to: 'firing' | 'level' | 'again' | 'cleared'
  readonly severity: Severity
  readonly detail: TransitionDetail
}

/** What a person needs to understand the transition. */
export interface TransitionDetail {
  readonly sensor?: string
  readonly room?: string
  readonly kind?: string
  readonly value?: string | number | boolean
  readonly late?: true
  /** Sensors that could not have shown a sign of life (absence). */
  readonly blind?: readonly string[]
  /** A score, where the finding is about one. */
  readonly score?: number
  /** What a partial score lacks: it is at least this high. */
  readonly missing?: readonly string[]
  /** Why, where no rule text says it (findings of the hub itself). */
  readonly reason?: string
  /** Of an area: the homes for which it holds, in the order in which to look after them. */
  readonly homes?: readonly GatheredHome[]
  /** Of an area: for how many homes it held at one time, at most. */
  readonly most?: number
  readonly wayDown?: WayDown
}

/** A way to people of which no channel works any more, and by which others they can be told of just that. */
export interface WayDown {
  readonly way: Way
  readonly others: readonly Way[]
}

/** One of the homes that a finding about an area is about. */
export interface GatheredHome {
  readonly home: string
  /** Since when the condition holds there, ms. */
  readonly since: number
  /** From the register: 1 (low) to 3. */
  readonly risk?: number
}

/** What an open finding says now, though nothing calls for anybody: its alert shows it, and no more. */
export interface Refreshed {
  readonly rule: string
  readonly scope: string
  readonly detail: TransitionDetail
}

/** What the alert says about itself; copied from the rule when it is raised, so that it stays readable. */
export interface Finding {
  readonly title: Text
  /** What to do first, in one short sentence; for whoever gets the alert. Not in an SMS. */
  readonly advice?: Text
  readonly category: Category
  /** Whether a cleared condition resolves the alert: only routine and technical rules may. */
  readonly resolve: 'manual' | 'auto'
  /** The policy that says who is told, where the rule names one. */
  readonly policy?: string
  /** The program that said it: `token:node-red`. Not given: the hub's own rules did. */
  readonly raisedBy?: string
  /** Its rule is about a fall, SOS, smoke, gas or carbon monoxide: nothing holds it back. */
  readonly alarm?: true
}

/** A finding that a human must answer. */
export interface Alert extends Finding, About {
  readonly id: string
  readonly rule: string
  readonly scope: string
  /** Four digits, for answers by SMS; unique among the open alerts. */
  readonly code: string
  readonly severity: Severity
  /** Found while the home was in maintenance, and nobody has had to take it as real yet. */
  readonly test?: true
  /** Its rule was held for the home: nobody is called, until the hold ends or it fires after that. */
  readonly held?: true
  /** Does the condition hold? */
  readonly condition: 'active' | 'cleared'
  /** How far are people? */
  readonly handling: 'new' | 'acknowledged' | 'resolved'
  /** When the first transition became true. */
  readonly raisedAt: number
  /** When the hub learned of it: later than `raisedAt` for backlog and downtime. */
  readonly openedAt: number
  /** The newest firing or again. */
  readonly lastAt: number
  /** How many times it fired since it was raised, again included. */
  readonly count: number
  readonly detail: TransitionDetail
  readonly handledBy?: string
  readonly handledAt?: number
  readonly cause?: Cause
  /** How many rounds of messages went out: escalation steps and receipts. */
  readonly step: number
  /** How far the telling has come since it was raised or last reopened. */
  readonly progress: Progress
  /** Asked to take it over from whoever has it; escalation does not wait for them. */
  readonly handedTo?: string
  /** The newest that was heard of whoever goes there. */
  readonly attendance?: Attendance
  /** When the next step is due, if nobody answers; absent when nothing more will happen by itself. */
  readonly nextStepAt?: number
}

/** How far the telling of an alert has come. Recipients are `contact:daughter` (of its home) or `staff:siv`. */
export interface Progress {
  /** How many times all were told already. */
  readonly round: number
  /** Who was told in this round, or is spared in it. */
  readonly told: readonly string[]
  /** Those told last who may still answer: they neither declined nor are out of reach. */
  readonly asked: readonly string[]
  /** At the last attempt there was nobody to tell: whoever can be told next is told at once. */
  readonly nobody?: true
  /** All were told: the next round is waited for. Whoever is new meanwhile is told at once. */
  readonly resting?: true
  /** Whose quiet hours held a message back at the last step. */
  readonly quiet?: readonly string[]
  /** There was nobody else: quiet hours hold nothing back any more. */
  readonly woken?: true
  /** None of those whom its policy names could come: the home's contacts are told too, after them. */
  readonly widened?: true
  /** There was nobody else: steps of its policy for another time of the day count too. */
  readonly anyHour?: true
  /** Who would have been told at the last step, and has no address for it. */
  readonly noAddress?: readonly string[]
  /** Those who had as many messages as they get in an hour: in this round everybody else is told before them. */
  readonly passedOver?: readonly string[]
  /** Open in the backup that the hub was restored from: nobody is told before `nextStepAt`, unless it happens again. */
  readonly setAside?: true
  /** When no board was open, and therefore the next were told at once; ms. Once until it is reopened. */
  readonly unwatchedAt?: number
}

/** Somebody is on the way to the home, or there. */
export interface Attendance {
  readonly what: 'on-the-way' | 'arrived'
  readonly by: string
  readonly at: number
}

/** One line of an alert's history: who did what, when. */
export interface AlertEvent {
  readonly alert: string
  /** When the hub accepted it. */
  readonly now: number
  readonly at: number
  readonly what:
    | 'raised'
    | 'again'
    | 'level'
    | 'cleared'
    | 'acknowledged'
    | 'declined'
    | 'resolved'
    | 'reopened'
    /** Found in maintenance, unanswered when that ended: it counts as real from now. */
    | 'counted'
    /** Its rule is held for the home: nobody is called from now. */
    | 'held'
    /** The hold is over: its contacts are told from the first on. */
    | 'released'
    /** It comes from a backup, made at the time `text` says (ISO 8601): what people did since is not known. */
    | 'restored'
    /** `text`: whom; after `: ` that it was in one message with others. */
    | 'notified'
    /** Whom `text` says is told of it in one message with others, when they have had no message for a while. */
    | 'gathered'
    /** Everybody else is told before whom `text` says; after `: ` why. */
    | 'passed-over'
    | 'delivery'
    /** A message goes once more, by another channel: `text` says which was left, and why. */
    | 'rerouted'
    /** A person had a message that failed tried once more: `text` says to whom it goes. */
    | 'resent'
    /** Whoever has it asked somebody else to take it: `text` says whom. */
    | 'handed-on'
    | 'commented'
    | 'on-the-way'
    | 'arrived'
    /** Somebody was shown where to go and how to get in. */
    | 'shown'
    /** There was nobody to tell. */
    | 'unreached'
    /** Not told now: `text` says who has quiet hours, and until when (`contact:anne: 07:00`). */
    | 'quiet'
    /** No board was open: the next were told at once. */
    | 'unwatched'
    /** Nobody else could be told: quiet hours give way. */
    | 'woken'
    /** None of those whom the policy names can come: the home's other contacts are told. */
    | 'widened'
    /** Nobody else could be told: those whom the policy names for another time of the day are. */
    | 'any-hour'
    /** Not told: whom `text` says has no phone number, or no e-mail address, for the way of the step. */
    | 'no-address'
    /** The contact in `text` gets no messages about alerts any more, by their own word or somebody else's. */
    | 'stopped'
    /** The contact in `text` gets them again. */
    | 'started'
    /** Somebody of the staff wrote STOP, which is not possible. */
    | 'stop-refused'
    /** Their answers by SMS were not understood, and they were told for the last time how to answer. */
    | 'not-understood'
  /** `operator:siv`, `contact:daughter`, `staff:siv`, `hub`. Pseudonyms only. */
  readonly by: string
  /** `console`, `api`, `cli`, `sms`, `link`, `rule`, `timer`. */
  readonly via: string
  readonly text?: string
  /** Of `delivery` and `rerouted`: which message. */
  readonly notification?: string
  /** The alert was marked as a test then. */
  readonly test?: true
  /** How the alert was after the entry of the journal that this line is of; of the changes that history is told. */
  readonly after?: AlertAfter
}

export type AlertAfter = Pick<Alert, 'handling' | 'condition' | 'severity'>
