import { describe, expect, it } from 'vitest'
import { acknowledge, decline, reply, resolve } from '../../hub/alerts/acts.ts'
import type { Change, Refused, Situation } from '../../hub/alerts/change.ts'
import { follow, raise, step } from '../../hub/alerts/lifecycle.ts'
import { NO_POLICIES } from '../../hub/alerts/policy.ts'
import type { Alert, AlertEvent, Finding, Transition } from '../../hub/model/alert.ts'
import type { ContactFacts } from '../../hub/model/home.ts'
import type { AlertNotification } from '../../hub/model/notification.ts'

const START = Date.UTC(2026, 0, 5)
const MINUTE = 60_000
const PLACE = { contacts: [], timezone: 'UTC', staff: new Set<string>(), policies: NO_POLICIES }
const FALL: Finding = {
  title: { en: 'Possible fall' },
  advice: { en: 'Call the home.' },
  category: 'safety',
  resolve: 'manual',
}
const LINK: Finding = { title: { en: 'No contact' }, category: 'technical', resolve: 'auto' }

function transition(changes: Partial<Transition> = {}): Transition {
  return {
    at: START,
    home: 'h1',
    rule: 'fall',
    scope: 'h1',
    to: 'firing',
    severity: 'high',
    detail: {},
    ...changes,
  }
}

function contacts(...ids: string[]): ContactFacts[] {
  return ids.map((id, index) => ({ id, language: 'nb', order: index + 1 }))
}

/** One alert with its messages, through time. */
class Story {
  readonly contacts: readonly ContactFacts[]
  readonly messages = new Map<string, AlertNotification>()
  readonly events: AlertEvent[] = []
  now = START
  seq = 1
  alert: Alert

  constructor(finding: Finding, first: Transition = transition(), who = contacts('anne', 'berit', 'carl')) {
    this.contacts = who
    this.alert = this.keep(raise(first, finding, () => true, this.situation()))
  }

  situation(): Situation {
    return {
      now: this.now,
      seq: this.seq++,
      ...PLACE,
      contacts: this.contacts,
      notifications: [...this.messages.values()],
    }
  }

  keep(change: Change | Refused): Alert {
    if ('refused' in change) throw new Error(change.refused)
    for (const message of change.notifications) this.messages.set(message.id, message)
    this.events.push(...change.events)
    this.alert = change.alert
    return change.alert
  }

  say(to: Transition['to'], changes: Partial<Transition> = {}): Alert {
    return this.keep(follow(this.alert, transition({ at: this.now, to, ...changes }), this.situation()))
  }

  /** Runs the escalation up to a time, each step when it is due. */
  until(minutes: number): this {
    const end = START + minutes * MINUTE
    while (this.alert.nextStepAt !== undefined && this.alert.nextStepAt <= end) {
      this.now = this.alert.nextStepAt
      this.keep(step(this.alert, this.situation()))
    }
    this.now = end
    return this
  }

  deliver(contact: string, state: AlertNotification['state'] = 'delivered'): this {
    for (const message of this.messages.values()) {
      if (message.contact === contact && message.state === 'queued')
        this.messages.set(message.id, { ...message, state })
    }
    return this
  }

  /** `anne alert queued @0`, in the order in which they were queued. */
  sent(): string[] {
    return [...this.messages.values()].map(
      ({ contact, template, state, queuedAt }) =>
        `${contact} ${template} ${state} @${(queuedAt - START) / MINUTE}`,
    )
  }
}

describe('raise', () => {
  it('opens an alert as the rule says it, and tells the first contact', () => {
    const story = new Story(FALL, transition({ at: START - MINUTE, detail: { room: 'bath' } }))
    expect(story.alert).toMatchObject({
      rule: 'fall',
      title: { en: 'Possible fall' },
      advice: { en: 'Call the home.' },
      condition: 'active',
      handling: 'new',
      raisedAt: START - MINUTE,
      openedAt: START,
      count: 1,
      detail: { room: 'bath' },
      nextStepAt: START + 2 * MINUTE,
    })
    expect(story.sent()).toEqual(['anne alert queued @0'])
    expect(story.events.map(({ what }) => what)).toEqual(['raised', 'notified'])
  })

  it('makes ids from rule, scope and input, and four digits that no other open alert has', () => {
    const one = raise(transition(), FALL, () => true, {
      now: START,
      seq: 7,
      ...PLACE,
      notifications: [],
    }).alert
    const again = raise(transition(), FALL, () => true, {
      now: START + 5,
      seq: 7,
      ...PLACE,
      notifications: [],
    }).alert
    const later = raise(transition(), FALL, () => true, {
      now: START,
      seq: 8,
      ...PLACE,
      notifications: [],
    }).alert
    expect(again.id).toBe(one.id)
    expect(later.id).not.toBe(one.id)
    expect(one.code).toMatch(/^[1-9]\d{3}$/)
    const other = raise(transition(), FALL, (code) => code !== one.code, {
      now: START,
      seq: 7,
      ...PLACE,
      notifications: [],
    }).alert
    expect(other.code).toMatch(/^[1-9]\d{3}$/)
    expect(other.code).not.toBe(one.code)
  })

  it.each([
    ['technical', 'high'],
    ['safety', 'low'],
    ['health', 'info'],
  ] as const)('leaves a %s alert of severity %s to the board', (category, severity) => {
    const story = new Story({ ...FALL, category }, transition({ severity }))
    expect(story.sent()).toEqual([])
    expect(story.alert.nextStepAt).toBeUndefined()
  })

  it('opens an alert also where there is nobody to tell', () => {
    const story = new Story(FALL, transition(), [])
    expect(story.alert).toMatchObject({ handling: 'new' })
    expect(story.sent()).toEqual([])
  })
})

describe('step', () => {
  it('tells the contacts in their order, two minutes apart, and goes round again after ten', () => {
    const story = new Story(FALL, transition(), contacts('anne', 'berit', 'carl').toReversed()).until(30)
    expect(story.sent().map((line) => line.replace(/queued|cancelled/, 'told'))).toEqual([
      'anne alert told @0',
      'berit alert told @2',
      'carl alert told @4',
      'anne alert told @14',
      'berit alert told @16',
      'carl alert told @18',
      'anne alert told @28',
      'berit alert told @30',
    ])
  })

  it('leaves one message for each contact to send after an outage, the newest', () => {
    const story = new Story(FALL, transition(), contacts('anne', 'berit')).until(14)
    expect(story.sent()).toEqual([
      'anne alert cancelled @0',
      'berit alert cancelled @2',
      'anne alert queued @12',
      'berit alert queued @14',
    ])
  })

  it('says how long the next one waits, but not to the only one', () => {
    const story = new Story(FALL).until(14)
    expect([...story.messages.values()].map(({ waitMinutes }) => waitMinutes)).toEqual([2, 2, 10, 2])
    const alone = new Story(FALL, transition(), contacts('anne')).until(10)
    expect(alone.sent()).toEqual(['anne alert cancelled @0', 'anne alert queued @10'])
    expect([...alone.messages.values()].map(({ waitMinutes }) => waitMinutes)).toEqual([undefined, undefined])
  })

  it('after downtime runs once, shows when it was due, and waits anew', () => {
    const story = new Story(FALL)
    story.now = START + 60 * MINUTE
    story.keep(step(story.alert, story.situation()))
    expect(story.alert.nextStepAt).toBe(START + 62 * MINUTE)
    expect(story.events.at(-1)).toMatchObject({
      what: 'notified',
      at: START + 2 * MINUTE,
      now: START + 60 * MINUTE,
    })
  })

  it('gives every message an id of its own', () => {
    const story = new Story(FALL, transition(), contacts('anne')).until(60)
    expect(new Set(story.messages.keys()).size).toBe(7)
  })
})

describe('acknowledge', () => {
  it('ends the escalation, takes back what is not sent, and tells those who were told who has it', () => {
    const story = new Story(FALL).deliver('anne').until(2).deliver('berit', 'accepted').until(4)
    story.keep(acknowledge(story.alert, 'contact:berit', 'sms', story.situation()))
    expect(story.alert).toMatchObject({
      handling: 'acknowledged',
      handledBy: 'contact:berit',
      handledAt: START + 4 * MINUTE,
    })
    expect(story.until(120).sent()).toEqual([
      'anne alert delivered @0',
      'berit alert accepted @2',
      'carl alert cancelled @4',
      'anne taken queued @4',
      'berit receipt queued @4',
    ])
  })

  it('sends a receipt to the one who answers although no report of delivery came yet', () => {
    const story = new Story(FALL)
    story.keep(acknowledge(story.alert, 'contact:anne', 'sms', story.situation()))
    expect(story.sent()).toEqual(['anne alert cancelled @0', 'anne receipt queued @0'])
  })

  it('tells nobody who was not told when an operator takes it', () => {
    const story = new Story(FALL)
    story.keep(acknowledge(story.alert, 'operator:siv', 'console', story.situation()))
    expect(story.sent()).toEqual(['anne alert cancelled @0'])
  })

  it('is refused to the second, with who has it', () => {
    const story = new Story(FALL)
    story.keep(acknowledge(story.alert, 'operator:siv', 'console', story.situation()))
    expect(acknowledge(story.alert, 'operator:tor', 'console', story.situation())).toEqual({
      refused: `alert ${story.alert.id} was acknowledged by operator:siv already`,
    })
  })
})

describe('decline', () => {
  it('tells the next contact at once', () => {
    const story = new Story(FALL)
    story.now = START + MINUTE
    story.keep(decline(story.alert, 'contact:anne', 'sms', story.situation()))
    expect(story.sent()).toEqual(['anne alert queued @0', 'berit alert queued @1'])
    expect(story.alert.nextStepAt).toBe(START + 3 * MINUTE)
  })

  it('does not hurry the one who has the message now', () => {
    const story = new Story(FALL).until(2)
    story.keep(decline(story.alert, 'contact:anne', 'sms', story.situation()))
    expect(story.sent()).toEqual(['anne alert queued @0', 'berit alert queued @2'])
    expect(story.alert.nextStepAt).toBe(START + 4 * MINUTE)
    expect(story.events.at(-1)).toMatchObject({ what: 'declined', by: 'contact:anne' })
  })

  it('does not ask those again at once who have all declined', () => {
    const story = new Story(FALL, transition(), contacts('anne', 'berit'))
    story.keep(decline(story.alert, 'contact:anne', 'sms', story.situation()))
    story.keep(decline(story.alert, 'contact:berit', 'sms', story.situation()))
    expect(story.sent()).toEqual(['anne alert queued @0', 'berit alert queued @0'])
    expect(story.until(10).sent()).toHaveLength(3)
  })

  it('does not send the only contact the same message for each answer', () => {
    const story = new Story(FALL, transition(), contacts('anne'))
    story.keep(decline(story.alert, 'contact:anne', 'sms', story.situation()))
    expect(story.sent()).toEqual(['anne alert queued @0'])
    expect(story.alert.nextStepAt).toBe(START + 10 * MINUTE)
  })

  it('is refused when somebody has it', () => {
    const story = new Story(FALL)
    story.keep(acknowledge(story.alert, 'operator:siv', 'console', story.situation()))
    expect(decline(story.alert, 'contact:anne', 'sms', story.situation())).toHaveProperty('refused')
  })
})

describe('follow', () => {
  it.each(['again', 'level', 'firing'] as const)(
    'reopens an acknowledged alert at "%s": a second fall is never hidden',
    (to) => {
      const story = new Story(FALL).until(2)
      story.keep(acknowledge(story.alert, 'contact:anne', 'sms', story.situation()))
      story.now += MINUTE
      story.say(to)
      expect(story.alert).toMatchObject({
        handling: 'new',
        condition: 'active',
        progress: { told: ['contact:anne'] },
      })
      expect(story.alert.handledBy).toBeUndefined()
      expect(story.sent().at(-1)).toBe('anne alert queued @3')
      expect(story.events.slice(-3).map(({ what }) => what)).toEqual([
        to === 'level' ? 'level' : 'again',
        'reopened',
        'notified',
      ])
    },
  )

  it('counts what happens again to one that nobody answered, without another message', () => {
    const story = new Story(FALL)
    story.now += 1000
    story.say('again', { detail: { sensor: 'b' } })
    expect(story.alert).toMatchObject({ count: 2, lastAt: START + 1000, detail: { sensor: 'b' } })
    expect(story.sent()).toHaveLength(1)
    expect(story.alert.nextStepAt).toBe(START + 2 * MINUTE)
  })

  it('goes up in severity in place, never down', () => {
    const story = new Story(FALL, transition({ severity: 'medium' }))
    expect(story.say('level', { severity: 'high' })).toMatchObject({ severity: 'high', count: 1 })
    expect(story.say('again', { severity: 'low' })).toMatchObject({ severity: 'high', count: 2 })
  })

  it('begins to tell contacts when it gets worse than for the board', () => {
    const story = new Story(FALL, transition({ severity: 'low' }))
    expect(story.sent()).toEqual([])
    story.say('level', { severity: 'medium' })
    expect(story.sent()).toEqual(['anne alert queued @0'])
    story.say('level', { severity: 'high' })
    expect(story.sent()).toHaveLength(1)
  })

  it('never ends an alert about a person because the condition is over, and goes on telling', () => {
    const story = new Story(FALL)
    story.say('cleared')
    expect(story.alert).toMatchObject({
      condition: 'cleared',
      handling: 'new',
      nextStepAt: START + 2 * MINUTE,
    })
    expect(story.until(2).sent()).toHaveLength(2)
  })

  it('keeps an acknowledged alert about a person that is over', () => {
    const story = new Story(FALL)
    story.keep(acknowledge(story.alert, 'operator:siv', 'console', story.situation()))
    expect(story.say('cleared')).toMatchObject({ condition: 'cleared', handling: 'acknowledged' })
  })

  it('ends what may end by itself, and takes back what is not sent', () => {
    const routine: Finding = { ...LINK, category: 'routine' }
    const story = new Story(routine, transition({ severity: 'medium' }))
    story.now += MINUTE
    story.say('cleared')
    expect(story.alert).toMatchObject({
      condition: 'cleared',
      handling: 'resolved',
      cause: 'cleared',
      handledBy: 'hub',
    })
    expect(story.alert.nextStepAt).toBeUndefined()
    expect(story.sent()).toEqual(['anne alert cancelled @0'])
  })
})

describe('resolve', () => {
  it('ends the alert with its cause, and everything that would follow', () => {
    const story = new Story(FALL).deliver('anne').until(2)
    story.keep(resolve(story.alert, 'operator:siv', 'console', 'false', 'sat down hard', story.situation()))
    expect(story.alert).toMatchObject({
      handling: 'resolved',
      cause: 'false',
      handledBy: 'operator:siv',
      condition: 'active',
    })
    expect(story.events.at(-1)).toMatchObject({ what: 'resolved', text: 'false: sat down hard' })
    expect(story.until(60).sent()).toEqual([
      'anne alert delivered @0',
      'berit alert cancelled @2',
      'anne taken queued @2',
    ])
    expect(
      resolve(story.alert, 'operator:tor', 'console', 'real', undefined, story.situation()),
    ).toHaveProperty('refused')
    expect(acknowledge(story.alert, 'operator:tor', 'console', story.situation())).toHaveProperty('refused')
  })

  it('tells those who were told, once, but not whoever ended it', () => {
    const story = new Story(FALL).deliver('anne').until(2).deliver('berit')
    story.keep(acknowledge(story.alert, 'contact:berit', 'sms', story.situation()))
    story.keep(resolve(story.alert, 'contact:berit', 'sms', 'real', undefined, story.situation()))
    expect(story.sent()).toEqual([
      'anne alert delivered @0',
      'berit alert delivered @2',
      'anne taken cancelled @2',
      'berit receipt queued @2',
      'anne taken queued @2',
    ])
  })

  it('does not take back receipts', () => {
    const story = new Story(FALL)
    story.keep(acknowledge(story.alert, 'contact:anne', 'sms', story.situation()))
    story.keep(resolve(story.alert, 'operator:siv', 'console', 'real', undefined, story.situation()))
    expect(story.sent()).toEqual(['anne alert cancelled @0', 'anne receipt queued @0'])
  })
})

describe('reply', () => {
  it('answers one contact, and leaves the alert as it is', () => {
    const story = new Story(FALL)
    const before = story.alert
    story.keep(reply(story.alert, 'anne', 'unclear', story.situation()))
    expect(story.alert).toEqual({ ...before, step: before.step + 1 })
    expect(story.sent()).toEqual(['anne alert queued @0', 'anne unclear queued @0'])
  })
})
