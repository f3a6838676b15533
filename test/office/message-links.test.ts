import { describe, expect, it } from 'vitest'
import { createMessageLinks } from '../../hub/office/message-links.ts'
import type { AlertNotification } from '../../hub/model/notification.ts'
import { messagesSchema } from '../../hub/settings/message-settings.ts'

function unused(): never {
  throw new Error('Not called')
}

const links = createMessageLinks({
  core: { home: () => undefined, now: () => 0 },
  registry: { personal: () => undefined },
  links: {
    tokenFor: (link) => `token-of-${'alert' in link ? link.alert : ''}`,
    open: unused,
    revoke: unused,
    codeFor: unused,
    requestCode: unused,
    signIn: unused,
    isSignedIn: unused,
  },
  url: 'https://aal.example.no',
  boardUrl: 'https://board.example.no/',
  settings: {
    links: { sms: 'always', email: 'always', webhook: 'always' },
    shown: [],
    status: { valid: 0, call: [] },
  },
  statusLinks: { make: () => ({ why: 'none' }) },
  takesAnswers: true,
})

const message = (template: AlertNotification['template'], digest?: AlertNotification['digest']) =>
  links.linkFor({
    id: 'n1',
    alert: 'a1',
    home: 'h1',
    staff: 'siv',
    channel: 'sms',
    template,
    step: 2,
    state: 'queued',
    attempts: 0,
    queuedAt: 0,
    notBefore: 0,
    ...(digest && { digest }),
  })

describe('linkFor', () => {
  const digest = { id: 'd1', code: '4821', count: 12 }

  it.each(['unclear', 'untaken'] as const)('%s about one alert has its link', (template) => {
    expect(message(template)).toMatchObject({ url: 'https://aal.example.no/a/token-of-a1', use: 'answer' })
  })

  it.each(['unclear', 'untaken'] as const)('%s about many has the link to the board', (template) => {
    expect(message(template, digest)).toEqual({
      url: 'https://board.example.no/?technical',
      use: 'board',
      isOnlyWay: false,
    })
  })
})

const ABOUT_AREA: AlertNotification = {
  id: 'n1',
  alert: 'a1',
  staff: 'tor',
  channel: 'email',
  template: 'alert',
  step: 1,
  state: 'queued',
  attempts: 0,
  queuedAt: 0,
  notBefore: 0,
}

function linkAboutNoHome(notification: AlertNotification, boardUrl?: string) {
  return createMessageLinks({
    core: { home: unused, now: () => 0 },
    registry: { personal: unused },
    links: {
      tokenFor: unused,
      open: unused,
      revoke: unused,
      codeFor: unused,
      requestCode: unused,
      signIn: unused,
      isSignedIn: unused,
    },
    url: boardUrl,
    ...(boardUrl !== undefined && { boardUrl }),
    settings: messagesSchema.parse({}),
    statusLinks: { make: unused },
    takesAnswers: true,
  }).linkFor(notification)
}

it('an e-mail about an area or the hub leads to its alert on the board, where it is answered', () => {
  expect(linkAboutNoHome(ABOUT_AREA, 'https://hub.example.org/')).toEqual({
    url: 'https://hub.example.org/alerts/a1',
    use: 'board',
    isOnlyWay: true,
  })
})

it('there is none where the hub has no address, where an SMS can be answered, or nothing is asked', () => {
  expect(linkAboutNoHome(ABOUT_AREA)).toBeUndefined()
  expect(linkAboutNoHome({ ...ABOUT_AREA, channel: 'sms' }, 'https://hub.example.org')).toBeUndefined()
  expect(linkAboutNoHome({ ...ABOUT_AREA, template: 'taken' }, 'https://hub.example.org')).toBeUndefined()
})
