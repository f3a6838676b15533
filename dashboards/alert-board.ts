import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Severity } from '../hub/model/alert.ts'
import { SEVERITIES } from '../hub/model/alert.ts'
import { frame, homeLink, hubPage } from './frame.ts'
import { asSeries, asTable, byInterval, columns, count, inRange, is, select } from './influxql.ts'
import { events, ruleTitles, severities, always, absent } from './mappings.ts'
import { openAlertsTable } from './open-alerts.ts'
import { BACKGROUND, LINE, WELL } from './palette.ts'
import { chart, stat, table } from './panel.ts'
import type { AnyPanel } from './panel.ts'
import { hubWrites, newestSample, openNow } from './sampled.ts'
import type { Words } from './words.ts'

/** What needs a human now; for the wall. Taking it is done in the console. */
export function alertBoard(words: Words): Dashboard {
  const { say } = words
  return frame(words, {
    name: 'alert-board',
    title: say('Alert board', 'Varseltavle'),
    description: say(
      'What needs a human now. An alert is taken in the console, where it is known who takes it.',
      'Det som trenger et menneske nå. Et varsel tas i konsollen, der man vet hvem som tar det.',
    ),
    from: 'now-24h',
    consolePage: '/',
    rows: [
      {
        height: 4,
        panels: [
          ...SEVERITIES.map((severity) => [3, openOf(words, severity)] as const),
          [4, unanswered(words)],
          [4, hubWrites(words)],
          [4, newestSample(words)],
        ],
      },
      {
        height: 15,
        panels: [
          [
            24,
            openAlertsTable(words, {
              title: say('Open alerts', 'Åpne varsler'),
              description: say(
                'Everything that is not resolved: the gravest first, unanswered before taken, the oldest first. Take an alert by its link into the console; Grafana cannot say who did it. Unanswered and nobody moves: call the home.',
                'Alt som ikke er avsluttet: det mest alvorlige først, ubesvart før tatt, det eldste først. Ta et varsel med lenken inn i konsollen; Grafana kan ikke si hvem som gjorde det. Ubesvart og ingen gjør noe: ring hjemmet.',
              ),
              none: say(
                'No open alerts – true only while "Is this up to date?" above is not red',
                'Ingen åpne varsler – det gjelder bare når «Er dette ferskt?» over ikke er rødt',
              ),
              large: true,
            }),
          ],
        ],
      },
      {
        height: 10,
        panels: [
          [10, raisedByHour(words)],
          [14, lately(words)],
        ],
      },
    ],
  })
}

function openOf(words: Words, severity: Severity): AnyPanel {
  const { say, console } = words
  const urges = severity === 'high' || severity === 'medium'
  return stat({
    title: say(`Open: ${console.severity[severity]}`, `Åpne: ${console.severity[severity]}`),
    description: say(
      `Alerts of severity ${severity} that are not resolved, taken or not; tests too. ${urges ? 'Any: somebody must take it now, in the table below.' : 'Look at them during the shift.'}`,
      `Varsler med alvor «${console.severity[severity]}» som ikke er avsluttet, tatt eller ikke; prøver også. ${urges ? 'Ett eller flere: noen må ta det nå, i tabellen under.' : 'Se på dem i løpet av vakten.'}`,
    ),
    none: say('unknown', 'ukjent'),
    queries: [asTable('A', openNow(severity))],
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }, { from: 1, color: BACKGROUND[severity] }],
  })
}

function unanswered({ say }: Words): AnyPanel {
  return stat({
    title: say('Unanswered', 'Ubesvarte'),
    description: say(
      'High and medium alerts that nobody has taken, as the hub counts them. More than none for minutes: those who are told do not answer; take them in the console, and call in more people.',
      'Alvorlige og middels alvorlige varsler som ingen har tatt, slik huben teller dem. Flere enn null i minutter: de som varsles, svarer ikke; ta dem i konsollen, og få inn flere folk.',
    ),
    none: say('unknown: hub not heard', 'ukjent: huben høres ikke'),
    queries: [asTable('A', openNow('urgent'))],
    unit: 'none',
    decimals: 0,
    steps: [{ color: WELL }, { from: 1, color: BACKGROUND.high }],
    links: [{ title: say('Board of the console', 'Tavlen i konsollen'), url: hubPage('/'), newTab: true }],
  })
}

function raisedByHour(words: Words): AnyPanel {
  const { say, console } = words
  return chart({
    title: say('Raised', 'Meldt'),
    description: say(
      'How many alerts were raised, by severity. A tall bar of one kind: look which rule it is on the right; many false ones wear people out, so have its limits looked at.',
      'Hvor mange varsler som ble meldt, etter alvor. En høy søyle av ett slag: se til høyre hvilken regel det er; mange falske sliter folk ut, så få sett på grensene.',
    ),
    none: say('No alerts were raised in this time', 'Ingen varsler er meldt i denne tiden'),
    queries: SEVERITIES.map((severity, index) =>
      asSeries(
        'ABCD'.charAt(index),
        select({
          select: { raised: count('value') },
          from: 'alert',
          where: [inRange, is('what', 'raised'), is('severity', severity)],
          groupBy: [byInterval],
          fill: 0,
        }),
        console.severity[severity],
      ),
    ),
    unit: 'none',
    decimals: 0,
    min: 0,
    interval: '1h',
    draw: 'bars',
    colours: Object.fromEntries(SEVERITIES.map((severity) => [console.severity[severity], LINE[severity]])),
  })
}

function lately(words: Words): AnyPanel {
  const { say } = words
  return table({
    title: say('What happened to alerts', 'Hva som har skjedd med varsler'),
    description: say(
      'The newest 200 changes in the time chosen above: raised, taken, over, resolved. Raised again and again: follow the link to the home and see what goes on there.',
      'De 200 nyeste endringene i tiden som er valgt over: meldt, tatt, over, avsluttet. Meldt om og om igjen: følg lenken til hjemmet og se hva som foregår der.',
    ),
    none: say('No alert has changed in this time', 'Ingen varsler er endret i denne tiden'),
    queries: [
      asTable(
        'A',
        select({
          select: columns(['what', 'severity', 'rule', 'home', 'alert']),
          from: 'alert',
          where: [inRange],
          newestFirst: true,
          limit: 200,
        }),
      ),
    ],
    withTime: true,
    columns: {
      Time: { title: say('When', 'Når'), unit: 'dateTimeAsLocal', width: 180 },
      what: { title: say('What', 'Hva'), mappings: [events(words)] },
      severity: {
        title: say('Severity', 'Alvor'),
        width: 120,
        mappings: [severities(words)],
        coloured: true,
      },
      rule: { title: say('Alert', 'Varsel'), mappings: [ruleTitles(words)] },
      home: {
        title: say('Home', 'Hjem'),
        mappings: absent('–'),
        links: [homeLink(words)],
      },
      alert: {
        title: say('In the console', 'I konsollen'),
        width: 130,
        mappings: [always(say('Open ▸', 'Åpne ▸'))],
        links: [
          {
            title: say('Its whole story', 'Hele historien'),
            url: hubPage('/alerts/${__value.raw}'),
            newTab: true,
          },
        ],
      },
    },
    sort: [{ by: 'Time', down: true }],
  })
}
