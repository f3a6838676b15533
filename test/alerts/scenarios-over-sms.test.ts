import { expect, it } from 'vitest'
import { serverMissing } from '../helpers/servers.ts'
import { playOverSms, reachesPhones } from './play-over-sms.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'
import { gammuCarrier, kannelCarrier } from './sms-carrier.ts'
import type { SmsCarrier } from './sms-carrier.ts'

function named(...names: readonly string[]): Scenario[] {
  return names.map((name) => {
    const found = SCENARIOS.find((one) => one.name === name)
    if (!found) throw new Error(`There is no scenario "${name}"`)
    return found
  })
}

/** What a busy SMS gateway does not take at once comes a step of the clock later: then it is played once more. */
const OVER_SMS = { timeout: 300_000, retry: 1 }

const STRANGER: Scenario = {
  ...named('the first answers: nobody else is told')[0]!,
  name: 'a number of nobody answers: nothing, and nobody hears of it',
  acts: [
    ['0s', 'fall'],
    ['1m', 'stranger yes'],
    ['150s', 'anne yes'],
  ],
  until: '5m',
  told: ['0:00 anne', '2:00 berit', '2:30 anne receipt', '2:30 berit taken'],
}
const LOST: Scenario = {
  name: 'the SMS centre is lost after it took the message: the same by the modem, and once more when it is back',
  acts: [
    ['0s', 'network lost'],
    ['0s', 'fall'],
    ['90s', 'anne yes'],
    ['3m', 'network back'],
  ],
  until: '4m',
  told: ['1:00 anne', '3:00 anne', '3:00 anne receipt'],
}

const WITH_CENTRE = [
  ...named(
    'nobody answers: falls through to the care centre, and begins again',
    'the first answers: nobody else is told',
    'the second answers: the first learns who',
    '"cannot" goes on at once, and again',
    'a number that is not in use: the next at once',
    'resolved at the board: whoever was told learns that it is over',
  ),
  STRANGER,
]
const CONTACTS_ONLY = named(
  'two alerts are open, and "OK" has no code: asked about, neither is taken',
  'two alerts are open, and the code says which is meant',
  'STOP in the middle of an alert: the next at once, and nothing more to that number',
)
const BY_MODEM = named(
  'the first answers: nobody else is told',
  'the second answers: the first learns who',
  '"cannot" goes on at once, and again',
)

it.skipIf(serverMissing('bearerbox', 'smsbox', 'fakesmsc', 'libfaketime'))(
  'the main scenarios reach phones over a real Kannel as they do without one',
  OVER_SMS,
  async () => {
    await using stack = new AsyncDisposableStack()
    const kannel = await kannelCarrier()
    stack.defer(() => kannel.stop())
    await compare(WITH_CENTRE, [kannel])
    await compare(CONTACTS_ONLY, [kannel])
  },
)

it.skipIf(serverMissing('gammu-smsd', 'libfaketime'))(
  'the main scenarios reach phones over a real gammu-smsd with its files',
  OVER_SMS,
  async () => {
    await using stack = new AsyncDisposableStack()
    const gammu = await gammuCarrier('files')
    stack.defer(() => gammu.stop())
    await compare(BY_MODEM, [gammu])
  },
)

it.skipIf(serverMissing('bearerbox', 'smsbox', 'fakesmsc', 'gammu-smsd', 'libdbd-sqlite3', 'libfaketime'))(
  LOST.name,
  OVER_SMS,
  async () => {
    await using stack = new AsyncDisposableStack()
    const [kannel, gammu] = await Promise.all([kannelCarrier(), gammuCarrier('sqlite')])
    stack.defer(() => Promise.all([kannel.stop(), gammu.stop()]).then(() => {}))
    await compare([LOST], [kannel, gammu])
  },
)

async function compare(
  scenarios: readonly Scenario[],
  carriers: readonly [SmsCarrier, ...SmsCarrier[]],
): Promise<void> {
  const told = await playOverSms(scenarios, carriers)
  for (const [i, scenario] of scenarios.entries()) {
    expect.soft(told[i]?.toSorted(), scenario.name).toEqual(reachesPhones(scenario).toSorted())
  }
}
