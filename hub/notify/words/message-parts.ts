import type { Category, Cause } from '../../model/alert.ts'
import type { Letter, Occasion, Template } from '../../model/notification.ts'
import type { DayWords } from './day-parts.ts'

/** What a message about an alert says, in no language yet. Clock times are written already, in the home's zone. */
export interface MessageParts {
  readonly template: Template
  readonly category: Category
  /** The alert's title in the language of the message; without it the category is all that is said. */
  readonly title?: string
  readonly code: string
  /** What the contact calls the resident; without it the words stay neutral. */
  readonly alias?: string
  /** The id of the home, for those who have no other word for it. */
  readonly home?: string
  /** Where it is about no home: the area (empty: homes without one) and how many homes; without one, the hub. */
  readonly about?: { readonly area?: string; readonly homes?: number; readonly part?: string }
  /** From a home in maintenance. */
  readonly test?: true
  /** When it was observed: `03:12`, on another day with the date. */
  readonly time: string
  /** When the hub learned of it, where that was much later. */
  readonly learned?: string
  readonly waitMinutes?: number
  readonly occasion?: Occasion
  /** Who asks the reader to take it. */
  readonly askedBy?: Handler
  /** The reader was told of it in one message with others; the code is of all. */
  readonly together?: true
  readonly handling: Handling
  /** Where the alert can be answered, `board`: by who signs in; with `details` the page shows where to go, too. `isOnlyWay`: a reply reaches nobody. */
  readonly link?: {
    readonly url: string
    readonly use: 'answer' | 'details' | 'board'
    readonly isOnlyWay: boolean
  }
}

/** How far people are, as this contact should read it. */
export type Handling =
  /** `others`: some who were told may still answer. */
  | { readonly is: 'open'; readonly others: boolean }
  /** `over`: from somebody else who had it. */
  | { readonly is: 'taken'; readonly by: Handler; readonly time: string; readonly over?: true }
  | { readonly is: 'over'; readonly time: string; readonly cause: Cause }

/** `contact` by first name, `someone` where no name is known. */
export type Handler =
  | { readonly who: 'you' }
  | { readonly who: 'contact'; readonly name: string }
  | { readonly who: 'someone' }
  | { readonly who: 'operator' }

/** A language that messages are written in. */
export type MessageLanguage = 'nb' | 'nn' | 'se' | 'en'

/** What a letter says besides what it is about. */
export interface LetterParts extends Pick<MessageParts, 'alias' | 'home' | 'about'> {
  /** Of many alerts: how many there are still, and the most frequent titles in the language of the letter. */
  readonly summary?: Summary
  /** Where the board shows them; `isOnlyWay`: a reply reaches nobody. */
  readonly board?: { readonly url?: string; readonly isOnlyWay: boolean }
}

export interface Summary {
  readonly count: number
  readonly kinds: readonly { readonly title: string; readonly count: number }[]
}

/** The words of a code, of a day and of a link are in files of their own. */
export type WordyLetter = Exclude<Letter, { is: 'sign-in-code' | 'all-well' | 'status-link' }>

/** All messages in one language: a function for each template, and for each letter. */
export interface Words extends Readonly<Record<Template, (parts: MessageParts) => string>> {
  readonly letters: {
    readonly [Is in WordyLetter['is']]: (letter: Extract<Letter, { is: Is }>, parts: LetterParts) => string
  }
  /** Where it was, within a sentence: `hos Mor`, `at Mum's`. */
  readonly place: (parts: LetterParts) => string
  readonly day: DayWords
}
