import type { SystemView } from '../http/system-routes.ts'
import { findingsOf } from './finding.ts'
import type { Finding } from './finding.ts'

type Problem = SystemView['problems'][number]

interface Said {
  readonly check: string
  readonly what: (problem: Problem) => string
  readonly todo: string
}

/** What each problem that a running hub knows of means here, and what to do. Undefined: another check looks at it. */
const SAID: Readonly<Record<Problem['problem'], Said | undefined>> = {
  'disk-full': undefined,
  'disk-low': undefined,
  'certificate-over': undefined,
  'certificate-ends': undefined,
  rules: undefined,
  'backup-old': undefined,
  'no-backup': undefined,
  plain: undefined,
  writes: {
    check: 'hub',
    what: () => 'It has not written to the disk for too long.',
    todo: 'Look at the disk; start the hub again.',
  },
  timers: {
    check: 'hub',
    what: () => 'It is late with what is due.',
    todo: 'Find out what keeps the machine busy.',
  },
  messages: {
    check: 'messages',
    what: () => 'A message to a person has waited for too long.',
    todo: 'Call people yourself, from the board; mend the channel.',
  },
  'no-sms-works': {
    check: 'channels',
    what: () => 'No SMS goes out.',
    todo: 'Stay at the board and call people; mend the channel.',
  },
  connections: {
    check: 'gateways',
    what: ({ amount }) => `All ${amount} connections are taken.`,
    todo: 'Raise mqtt.maxConnections.',
  },
  channel: {
    check: 'channels',
    what: ({ name, reason }) => `"${name}" does not work: ${reason ?? 'no reason is known'}.`,
    todo: 'docs/channels.md',
  },
  'certificate-refused': {
    check: 'certificates',
    what: ({ name, reason }) => `A new one of ${name} cannot be used: ${reason}.`,
    todo: 'Mend the files: the hub takes them over by itself.',
  },
  'gateway-certificates-end': {
    check: 'certificates',
    what: ({ amount }) => `Those of ${amount} gateways end within 30 days.`,
    todo: 'aal certificate list',
  },
  connector: {
    check: 'connectors',
    what: ({ name, reason }) => `"${name}" is not connected: ${reason ?? 'no reason is known'}.`,
    todo: 'docs/connectors.md',
  },
  'dead-man': {
    check: 'watch',
    what: ({ reason }) => `The service outside cannot be reached: ${reason}.`,
    todo: 'Until then it may call somebody out for nothing: docs/watchdog.md',
  },
  history: {
    check: 'InfluxDB',
    what: ({ amount, reason }) =>
      `It is behind: ${amount} entries wait${reason === undefined ? '' : `: ${reason}`}.`,
    todo: 'Nothing is lost; aal history status',
  },
  'history-refused': {
    check: 'InfluxDB',
    what: ({ amount }) => `It refused ${amount} points since the hub started.`,
    todo: "See the hub's log.",
  },
  retention: {
    check: 'retention',
    what: ({ reason }) => `What has had its time is not removed: ${reason ?? 'it was not looked for'}.`,
    todo: "See the hub's log; docs/operations.md, How long what is kept.",
  },
  'grafana-live': {
    check: 'Grafana Live',
    what: ({ reason }) => `It does not take what is pushed: ${reason ?? 'no reason is known'}.`,
    todo: 'Panels show changes later, nothing is lost; docs/grafana.md',
  },
  'no-dead-man': {
    check: 'watch',
    what: () => 'Nobody outside is told that the hub is well.',
    todo: 'Set up watch in hub.yaml, or aal watchdog on another machine: docs/watchdog.md',
  },
  'phone-page': {
    check: 'channels',
    what: () => 'No SMS channel is set up: messages go to the phone page.',
    todo: 'docs/channels.md',
  },
}

/** What only a running hub knows of itself. */
export function checkRunning({ problems, channels, broker, versions }: SystemView): readonly Finding[] {
  const found = problems.flatMap((problem): Finding[] => {
    const said = SAID[problem.problem]
    if (!said) return []
    const { warn, fail } = findingsOf(said.check)
    return [(problem.severity === 'high' ? fail : warn)(said.what(problem), said.todo)]
  })
  const quiet = (check: string, what: string): Finding[] =>
    found.some((one) => one.check === check) ? [] : [findingsOf(check).ok(what)]
  return [
    ...quiet('hub', `Hub ${versions.hub} runs; ${broker.connections} gateways are connected.`),
    ...found,
    ...quiet('channels', `All work: ${channels.map(({ channel }) => channel).join(', ')}.`),
  ]
}
