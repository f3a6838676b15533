import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { frame } from './frame.ts'
import { asSeries, asTable, identifier, inRange, select } from './influxql.ts'
import type { InfluxFunction } from './influxql.ts'
import { yesNo } from './mappings.ts'
import { ACTIVE, BACKGROUND, LINE, WELL } from './palette.ts'
import { bands, chart, stat } from './panel.ts'
import type { AnyPanel, ChartOptions, StatOptions, Step } from './panel.ts'
import { hubField, hubNow, hubWrites, newestSample } from './sampled.ts'
import type { Words } from './words.ts'

const GIB = 2 ** 30

/** Does the hub itself work? */
export function hubHealth(words: Words): Dashboard {
  const { say } = words
  return frame(words, {
    name: 'hub-health',
    title: say('Hub health', 'Huben'),
    description: say(
      'The hub itself: does it take messages, decide in time, tell people, and write history?',
      'Huben selv: tar den imot meldinger, avgjør den i tide, varsler den folk, og skriver den historikk?',
    ),
    from: 'now-6h',
    consolePage: '/system',
    rows: [
      {
        height: 4,
        panels: [
          [4, hubWrites(words)],
          [4, newestSample(words)],
          [4, commitNow(words)],
          [4, lagNow(words)],
          [4, outboxNow(words)],
          [4, downNow(words)],
        ],
      },
      {
        height: 4,
        panels: [
          [4, readingsNow(words)],
          [4, connectionsNow(words)],
          [4, homesNowStat(words)],
          [4, undecodedNow(words)],
          [4, diskNow(words)],
          [4, memoryNow(words)],
        ],
      },
      {
        height: 8,
        panels: [
          [12, rates(words)],
          [12, latency(words)],
        ],
      },
      {
        height: 8,
        panels: [
          [12, lag(words)],
          [12, outbox(words)],
        ],
      },
      {
        height: 8,
        panels: [
          [12, alerts(words)],
          [12, connections(words)],
        ],
      },
      {
        height: 8,
        panels: [
          [12, channels(words)],
          [12, machine(words)],
        ],
      },
    ],
  })
}

const SILENT: readonly [string, string] = ['unknown: hub not heard', 'ukjent: huben høres ikke']

function now(
  { say }: Words,
  field: string,
  options: Omit<StatOptions, 'queries' | 'none'> & { readonly none?: string },
): AnyPanel {
  return stat({ none: say(...SILENT), queries: [asTable('A', hubNow(field))], ...options })
}

const bad = (medium: number, high: number): readonly Step[] => [
  { color: WELL },
  { from: medium, color: BACKGROUND.medium },
  { from: high, color: BACKGROUND.high },
]

function commitNow(words: Words): AnyPanel {
  const { say } = words
  return now(words, 'commit_ms_p99', {
    none: say('nothing came in a minute', 'ingenting kom på et minutt'),
    noneColour: WELL,
    title: say('Commit, 99 of 100', 'Lagring, 99 av 100'),
    description: say(
      'How long it takes until a message is safe on disk and its rules have spoken; nothing when nothing came. Above 250 ms, our own figure: disk or machine is busy; an alarm waits that long.',
      'Hvor lang tid det tar til en melding er trygt på disk og reglene har talt; tomt når ingenting kom. Over 250 ms, vårt eget tall: disken eller maskinen er opptatt; så lenge venter en alarm.',
    ),
    unit: 'ms',
    decimals: 1,
    steps: bad(250, 1000),
  })
}

function lagNow(words: Words): AnyPanel {
  const { say } = words
  return now(words, 'history_lag_s', {
    title: say('History is behind by', 'Historikken ligger etter med'),
    description: say(
      'The age of the oldest entry of the journal that is not here yet. Minutes: InfluxDB is slow or away, alarms go on; what is on the other dashboards is that old. Nothing is lost.',
      'Alderen på den eldste posten i journalen som ikke er her ennå. Minutter: InfluxDB er treg eller borte, alarmer går som før; de andre tavlene er så gamle. Ingenting går tapt.',
    ),
    unit: 's',
    decimals: 0,
    steps: bad(30, 120),
  })
}

function outboxNow(words: Words): AnyPanel {
  const { say } = words
  return now(words, 'outbox_s', {
    title: say('Oldest message to send', 'Eldste melding som venter'),
    description: say(
      'How long the oldest message that is due has waited to be sent. Above a minute: the channel or its provider does not take them; call people yourself and see the channels below.',
      'Hvor lenge den eldste meldingen som skulle vært sendt, har ventet. Over ett minutt: kanalen eller leverandøren tar dem ikke; ring selv, og se kanalene under.',
    ),
    unit: 's',
    decimals: 0,
    steps: bad(60, 300),
  })
}

function downNow({ say }: Words): AnyPanel {
  return stat({
    title: say('Channels and connectors down', 'Kanaler og koblinger nede'),
    description: say(
      'Ways to people, and brokers of others, that do not work now. Any: the System page of the console says which and why.',
      'Veier til folk, og andres meglere, som ikke virker nå. Én eller flere: System i konsollen sier hvilke og hvorfor.',
    ),
    none: say(...SILENT),
    queries: [asTable('A', hubNow('channels_down', 'connectors_down'))],
    unit: 'none',
    decimals: 0,
    steps: bad(1, 2),
    fieldNames: {
      channels_down: say('channels', 'kanaler'),
      connectors_down: say('connectors', 'koblinger'),
    },
  })
}

function readingsNow(words: Words): AnyPanel {
  const { say } = words
  return now(words, 'readings_per_s', {
    title: say('Readings', 'Målinger'),
    description: say(
      'Readings of sensors in the last ten seconds. None from a fleet of homes: gateways do not reach the hub; see connections.',
      'Målinger fra sensorer de siste ti sekundene. Ingen fra mange hjem: gatewayer når ikke huben; se tilkoblinger.',
    ),
    unit: 'suffix: per s',
    decimals: 1,
    steps: [{ color: WELL }],
  })
}

function connectionsNow(words: Words): AnyPanel {
  const { say } = words
  return now(words, 'connections', {
    title: say('Connections', 'Tilkoblinger'),
    description: say(
      'Clients connected to the broker, mostly gateways: about as many as homes. None: no alarm can come; check the listener, its certificate and the network.',
      'Klienter som er koblet til megleren, mest gatewayer: omtrent like mange som hjem. Ingen: ingen alarm kan komme; sjekk lytteren, sertifikatet og nettet.',
    ),
    unit: 'none',
    decimals: 0,
    steps: [{ color: BACKGROUND.high }, { from: 1, color: WELL }],
  })
}

function homesNowStat(words: Words): AnyPanel {
  const { say } = words
  return now(words, 'homes', {
    title: say('Homes', 'Hjem'),
    description: say(
      'Homes in the register. Not what you expect: see the homes page of the console.',
      'Hjem i registeret. Ikke som ventet: se Hjem i konsollen.',
    ),
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }],
  })
}

function undecodedNow(words: Words): AnyPanel {
  const { say } = words
  return now(words, 'undecoded', {
    title: say('Unreadable messages', 'Uleselige meldinger'),
    description: say(
      'Messages in the last ten seconds that no profile could read. Goes on: "aal undecoded list" says which and why; mend the profile.',
      'Meldinger de siste ti sekundene som ingen profil kunne lese. Fortsetter: «aal undecoded list» sier hvilke og hvorfor; rett profilen.',
    ),
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }, { from: 1, color: BACKGROUND.medium }],
  })
}

function diskNow(words: Words): AnyPanel {
  const { say } = words
  return now(words, 'disk_free', {
    title: say('Free on disk', 'Ledig på disken'),
    description: say(
      'Room for the data folder. Below 5 GiB, our own figure: make room before it is full; a hub that cannot write takes no message.',
      'Plass til datamappen. Under 5 GiB, vårt eget tall: gjør plass før den er full; en hub som ikke kan skrive, tar ikke imot noe.',
    ),
    unit: 'bytes',
    decimals: 1,
    steps: [
      { color: BACKGROUND.high },
      { from: GIB, color: BACKGROUND.medium },
      { from: 5 * GIB, color: WELL },
    ],
  })
}

function memoryNow(words: Words): AnyPanel {
  const { say } = words
  return now(words, 'memory', {
    title: say('Memory', 'Minne'),
    description: say(
      'What the process of the hub holds. It rises for days without falling: restart the hub at a quiet time, and report it.',
      'Det prosessen til huben bruker. Stiger i dager uten å falle: start huben på nytt på et rolig tidspunkt, og meld fra.',
    ),
    unit: 'bytes',
    decimals: 0,
    steps: [{ color: WELL }, { from: 2 * GIB, color: BACKGROUND.medium }],
  })
}

const NOT_WRITTEN: readonly [string, string] = [
  'The hub wrote nothing of itself in this time',
  'Huben skrev ingenting om seg selv i denne tiden',
]

/** One of the hub's own figures. */
interface Line {
  readonly name: string
  /** Which of those that fall together on the screen. */
  readonly shows: InfluxFunction
  readonly field: string
  readonly colour: string
}

interface OverTimeOptions extends Omit<ChartOptions, 'none' | 'interval' | 'min' | 'queries' | 'colours'> {
  readonly lines: readonly Line[]
}

function overTime({ say }: Words, { lines, ...options }: OverTimeOptions): AnyPanel {
  return chart({
    none: say(...NOT_WRITTEN),
    interval: '10s',
    min: 0,
    queries: lines.map(({ name, shows, field }, index) => hubField('ABC'.charAt(index), shows, field, name)),
    colours: Object.fromEntries(lines.map(({ name, colour }) => [name, colour])),
    ...options,
  })
}

function rates(words: Words): AnyPanel {
  const { say } = words
  return overTime(words, {
    title: say('What comes in', 'Det som kommer inn'),
    description: say(
      'Readings, and all inputs (also what people, timers and gateways do), per second. A gap: the hub did not run, or could not write here. A peak: gateways bring what they kept.',
      'Målinger, og alle hendelser (også det folk, klokker og gatewayer gjør), per sekund. Et hull: huben kjørte ikke, eller kunne ikke skrive hit. En topp: gatewayer leverer det de har spart på.',
    ),
    lines: [
      { name: say('readings', 'målinger'), shows: 'mean', field: 'readings_per_s', colour: ACTIVE },
      { name: say('inputs', 'hendelser'), shows: 'mean', field: 'inputs_per_s', colour: LINE.info },
    ],
    unit: 'suffix: per s',
    decimals: 1,
  })
}

function latency(words: Words): AnyPanel {
  const { say } = words
  return overTime(words, {
    title: say('How long it takes', 'Hvor lang tid det tar'),
    description: say(
      'Transactions, and how late the hub comes to what is due. Dashed: 250 ms, our own figure. Above it for long: a slow disk, a busy machine, or more homes than it can carry.',
      'Lagringer, og hvor sent huben kommer til det den skal. Stiplet: 250 ms, vårt eget tall. Over det lenge: treg disk, opptatt maskin, eller flere hjem enn den klarer.',
    ),
    lines: [
      {
        name: say('commit, half', 'lagring, halvparten'),
        shows: 'mean',
        field: 'commit_ms_p50',
        colour: ACTIVE,
      },
      {
        name: say('commit, 99 of 100', 'lagring, 99 av 100'),
        shows: 'max',
        field: 'commit_ms_p99',
        colour: LINE.medium,
      },
      {
        name: say('loop late, 99 of 100', 'løkken for sen, 99 av 100'),
        shows: 'max',
        field: 'loop_ms_p99',
        colour: LINE.info,
      },
    ],
    unit: 'ms',
    decimals: 1,
    limits: [{ color: 'transparent' }, { from: 250, color: LINE.high }],
  })
}

function lag(words: Words): AnyPanel {
  const { say } = words
  return overTime(words, {
    title: say('How far history is behind', 'Hvor langt historikken ligger etter'),
    description: say(
      'Entries of the journal that wait for InfluxDB, and the age of the oldest in seconds. Rises: InfluxDB is away or too slow; see its log. It comes back by itself, and nothing is lost.',
      'Poster i journalen som venter på InfluxDB, og alderen på den eldste i sekunder. Stiger: InfluxDB er borte eller for treg; se loggen. Det henter seg inn selv, og ingenting går tapt.',
    ),
    lines: [
      { name: say('entries', 'poster'), shows: 'max', field: 'history_lag', colour: ACTIVE },
      { name: say('seconds', 'sekunder'), shows: 'max', field: 'history_lag_s', colour: LINE.medium },
    ],
    unit: 'none',
    decimals: 0,
  })
}

function outbox(words: Words): AnyPanel {
  const { say } = words
  return overTime(words, {
    title: say('Messages that wait', 'Meldinger som venter'),
    description: say(
      'Messages to people that are not sent, and how many seconds the oldest that is due has waited. Rises: the channel or its provider; call people yourself meanwhile.',
      'Meldinger til folk som ikke er sendt, og hvor mange sekunder den eldste som skulle vært sendt, har ventet. Stiger: kanalen eller leverandøren; ring selv så lenge.',
    ),
    lines: [
      { name: say('messages', 'meldinger'), shows: 'max', field: 'outbox', colour: ACTIVE },
      {
        name: say('oldest, seconds', 'eldste, sekunder'),
        shows: 'max',
        field: 'outbox_s',
        colour: LINE.medium,
      },
    ],
    unit: 'none',
    decimals: 0,
  })
}

function alerts(words: Words): AnyPanel {
  const { say } = words
  return overTime(words, {
    title: say('Alerts', 'Varsler'),
    description: say(
      'Open alerts of all homes, and those that nobody has taken, of all severities. Many unanswered: see on the alert board which are high or medium.',
      'Åpne varsler fra alle hjem, og de som ingen har tatt, uansett alvor. Mange ubesvarte: se på varseltavlen hvilke som er høye eller middels.',
    ),
    lines: [
      { name: say('open', 'åpne'), shows: 'max', field: 'open_alerts', colour: ACTIVE },
      { name: say('unanswered', 'ubesvarte'), shows: 'max', field: 'unanswered', colour: LINE.high },
    ],
    unit: 'none',
    decimals: 0,
  })
}

function connections(words: Words): AnyPanel {
  const { say } = words
  return overTime(words, {
    title: say('Connections and homes', 'Tilkoblinger og hjem'),
    description: say(
      'Clients connected to the broker beside the homes of the register. A step down: a network, a certificate or a provider.',
      'Klienter koblet til megleren ved siden av hjem i registeret. Et trinn ned: et nett, et sertifikat eller en leverandør.',
    ),
    lines: [
      { name: say('connections', 'tilkoblinger'), shows: 'min', field: 'connections', colour: ACTIVE },
      { name: say('homes', 'hjem'), shows: 'max', field: 'homes', colour: LINE.info },
    ],
    unit: 'none',
    decimals: 0,
  })
}

function channels({ say }: Words): AnyPanel {
  return bands({
    title: say('Ways to people', 'Veier til folk'),
    description: say(
      'Each channel (SMS, e-mail, webhook), whether it worked. Down: messages go by another where there is one; see the System page of the console for why.',
      'Hver kanal (SMS, e-post, webhook), og om den virket. Nede: meldinger går en annen vei der det finnes en; se System i konsollen for hvorfor.',
    ),
    none: say(
      'No channels: the hub tells nobody but the board',
      'Ingen kanaler: huben varsler bare på tavlen',
    ),
    queries: [
      asSeries(
        'A',
        select({
          select: { up: identifier('up') },
          from: 'channel',
          where: [inRange],
          groupBy: [identifier('channel')],
        }),
        '$tag_channel',
      ),
    ],
    mappings: [
      yesNo(
        { text: say('works', 'virker'), color: ACTIVE },
        { text: say('DOWN', 'NEDE'), color: BACKGROUND.high },
      ),
    ],
  })
}

function machine(words: Words): AnyPanel {
  const { say } = words
  return overTime(words, {
    title: say('Machine', 'Maskinen'),
    description: say(
      'Memory of the hub, and free space for its data. The disk falls steadily: see how long it lasts, and make room in time.',
      'Minnet til huben, og ledig plass til dataene. Disken faller jevnt: se hvor lenge den holder, og gjør plass i tide.',
    ),
    lines: [
      { name: say('memory', 'minne'), shows: 'max', field: 'memory', colour: ACTIVE },
      { name: say('free on disk', 'ledig på disken'), shows: 'min', field: 'disk_free', colour: LINE.info },
    ],
    unit: 'bytes',
    decimals: 1,
  })
}
