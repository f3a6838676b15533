import { describe, expect, it } from 'vitest'
import { createMessageLinks } from '../hub/message-links.ts'
import type { AlertNotification } from '../hub/model/notification.ts'

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
