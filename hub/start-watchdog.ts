import type { Logger } from 'pino'
import { openChannels } from './open-channels.ts'
import type { OpenChannels } from './open-channels.ts'
import { ATTEMPT_TIMEOUT } from './notify/routed-channel.ts'
import { windowAt } from './time/daily-window.ts'
import { askHeartbeat } from './watch/ask-heartbeat.ts'
import { createDeadMan } from './watch/dead-man.ts'
import type { Judgement } from './watch/judge-heartbeat.ts'
import { createWatchdog } from './watch/watchdog.ts'
import type { Sent } from './watch/watchdog.ts'
import { openStateFile } from './watch/watchdog-state.ts'
import { watchdogText } from './watch/watchdog-words.ts'
import type { News } from './watch/watchdog-words.ts'
import type { WatchdogSettings } from './settings/watchdog-settings.ts'

type Person = WatchdogSettings['people'][number]

const LONGEST_LOOK = 10_000

/** Opens the watchdog's own ways to people. Nobody reports deliveries to it: it has no address. */
async function openWays(settings: WatchdogSettings, log: Logger): Promise<OpenChannels> {
  return await openChannels(settings, {
    sink: { deliver: async () => {}, answer: async () => {} },
    now: Date.now,
    later,
    onState({ channel, kind, ok, error }) {
      if (ok) log.info({ channel, kind }, 'A channel for messages works again')
      else log.warn({ channel, kind, error }, 'A channel for messages does not work')
    },
    log,
  })
}

async function send(
  ways: OpenChannels,
  person: Person,
  news: News,
  id: string,
  settings: WatchdogSettings,
): Promise<Sent> {
  const { name, timezone } = settings
  const now = Date.now()
  const text = watchdogText(news, {
    language: person.language,
    now,
    ...(name !== undefined && { name }),
    ...(timezone !== undefined && { timezone }),
  })
  const { sms, email, webhook } = ways.routes
  const [way, to] =
    person.phone !== undefined
      ? [sms, person.phone]
      : person.email !== undefined
        ? [email, person.email]
        : [webhook, person.name]
  if (!way) return { ok: false, retry: false, error: 'there is no channel for this person' }
  const signal = AbortSignal.timeout(way.states().length * ATTEMPT_TIMEOUT + 2_000)
  return await way.send(
    { id: `watchdog-${id}`, to, text, subject: text, facts: { watchdog: news.to }, queuedAt: now },
    signal,
  )
}

/** Starts to watch a hub. */
export async function startWatchdog(
  hub: string,
  settings: WatchdogSettings,
  log: Logger,
): Promise<{ stop(): Promise<void> }> {
  const { people, every, repeat, late, back, limits, ping } = settings
  const ways = await openWays(settings, log)
  const watchdog = createWatchdog({
    hub,
    ask: () => askHeartbeat(hub, limits, { timeout: Math.min(LONGEST_LOOK, Math.max(every, 1000)) }),
    async tell(name, news, id) {
      const person = people.find((one) => one.name === name)
      // Told before, and taken out of the configuration since.
      if (!person) return { ok: false, retry: false, error: 'is no longer in the configuration' }
      return await send(ways, person, news, id, settings)
    },
    onDuty: (now) => onDuty(people, settings.timezone, now).map(({ name }) => name),
    state: openStateFile(settings.state),
    patience: { late, back },
    every,
    repeat,
    now: Date.now,
    later,
    log,
  })
  const deadMan =
    ping === undefined
      ? undefined
      : createDeadMan({
          url: ping,
          every: Math.max(every, 30_000),
          judge: () => judge(watchdog.health(Date.now())),
          repeat(call, ms) {
            const timer = setInterval(call, ms)
            return () => clearInterval(timer)
          },
          log,
        })
  watchdog.start()
  ways.start()
  // After its first look: before it, it is not well.
  const begin = deadMan && later(() => deadMan.start(), every)
  return {
    async stop() {
      begin?.()
      deadMan?.stop()
      await watchdog.stop()
      await ways.stop()
    },
  }
}

/** Sends a text that says it is a test to everybody, on duty or not. */
export async function testWatchdog(
  settings: WatchdogSettings,
  log: Logger,
): Promise<readonly { readonly person: string; readonly result: Sent }[]> {
  const ways = await openWays(settings, log)
  const results = await Promise.all(
    settings.people.map(async (person) => {
      const result = await send(ways, person, { to: 'test' }, `test-${Date.now()}-${person.name}`, settings)
      return { person: person.name, result }
    }),
  )
  await ways.stop()
  return results
}

function onDuty(people: readonly Person[], timezone: string | undefined, now: number): readonly Person[] {
  const zone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const there = people.filter(({ hours }) => hours === undefined || windowAt(hours, zone, now).inside)
  return there.length > 0 ? there : people
}

function judge({ well, reason }: { well: boolean; reason: string }): Judgement {
  return well ? { well: true } : { well: false, what: 'messages', since: 0, reason }
}

function later(call: () => void, ms: number): () => void {
  const timer = setTimeout(call, ms)
  return () => clearTimeout(timer)
}
