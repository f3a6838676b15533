import type { Scenario } from './scenario.ts'

/** Technical alerts go to the care centre, then to the technicians; others to the family, then to the care centre. */
export const STORM_POLICIES = `policies:
  - id: technical
    use: { category: [technical], severity: [high, medium, low] }
    steps:
      - { to: { oncall: centre }, wait: 5m }
      - { to: { group: technicians }, wait: 5m }
    repeat: { every: 1h }
  - id: people
    use: { category: [safety, health, routine], severity: [high, medium, low] }
    steps:
      - { to: { contacts: [family] }, wait: 2m }
      - { to: { oncall: centre }, wait: 2m }
    repeat: { every: 10m }
rotas: [{ id: centre, timezone: UTC, shifts: [{ days: [daily], from: "00:00", to: "00:00", who: [siv] }] }]
groups: [{ id: technicians, who: [tor] }]
`
/** One message an hour for each. `damp` and `cold` are about a person and may wait; siv is told first, then tor. */
const LIMITED = {
  staff: 'siv tor',
  policies: `policies:
  - id: all
    use: { category: [safety, health, routine, technical], severity: [high, medium, low] }
    steps:
      - { to: { oncall: centre }, wait: 5m }
      - { to: { group: technicians }, wait: 5m }
    repeat: { every: 1h }
rotas: [{ id: centre, timezone: UTC, shifts: [{ days: [daily], from: "00:00", to: "00:00", who: [siv] }] }]
groups: [{ id: technicians, who: [tor] }]
limits: { perHour: 1 }
`,
}
const CENTRE = { policies: STORM_POLICIES, staff: 'siv tor', homes: 30 }

const OUTAGE = {
  ...CENTRE,
  homes: 8,
  area: 'Alta',
  rules: `rules:
  - { id: gone, title: No contact, category: technical, severity: high, on: availability, when: role == "gateway" && value == "offline", for: 1m, resolve: auto, gather: { by: area, from: 5, title: { en: No contact with many homes } } }
`,
}
const ALL_ONLINE = [['0s', '8 homes back']] as const
const FAMILY = `policies:
  - { id: p, use: { category: [technical], severity: [high, medium, low] }, steps: [{ to: { contacts: [family] }, wait: 2m }], repeat: { every: 10m } }
`

/** Who is told of many alerts at once. Time goes by in steps of 15 s. */
export const STORMS: readonly Scenario[] = [
  {
    name: '40 links in 30 homes fail at once: one message to each whose turn it is, each with the time to answer',
    ...CENTRE,
    acts: [['0s', 'storm 40']],
    until: '59m',
    told: ['0:15 @siv digest of 40', '5:30 @tor digest of 40'],
  },
  {
    name: 'one alone is said as itself',
    ...CENTRE,
    acts: [['0s', 'storm 1']],
    until: '12m',
    told: ['0:15 @siv', '5:30 @tor'],
  },
  {
    name: 'what comes after the first message goes with the next one, at longer and longer times',
    ...CENTRE,
    acts: [
      ['0s', 'storm 1'],
      ['1m', 'storm 3'],
      ['9m', 'storm 4'],
      ['11m', 'storm 5'],
      ['29m', 'storm 1'],
      ['40m', 'storm 2'],
    ],
    until: '75m',
    told: [
      '0:15 @siv',
      '5:30 @tor',
      '10:15 @siv digest of 7',
      '15:30 @tor digest of 7',
      '30:15 @siv digest of 6',
      '35:30 @tor digest of 6',
      '70:15 @siv digest of 3',
    ],
  },
  {
    name: 'a fall in the middle goes to the family and to the care centre as if there were no storm',
    ...CENTRE,
    acts: [
      ['0s', 'storm 20'],
      ['1m', 'storm 10'],
      ['2m', 'fall'],
      ['2m', 'storm 10'],
    ],
    until: '5m',
    told: [
      '0:15 @siv digest of 20',
      '1:00 @siv gathered ×10',
      '2:00 @siv gathered ×10',
      '2:00 anne',
      '4:00 berit',
    ],
  },
  {
    name: 'what is over before the message goes is not in it; what alone is left is said as itself',
    ...CENTRE,
    acts: [
      ['0s', 'storm 1'],
      ['30s', '1 recover'],
      ['1m', 'storm 4'],
      ['2m', '3 recover'],
    ],
    until: '12m',
    told: ['0:15 @siv', '0:30 @siv taken', '1:00 @siv not sent ×3', '10:15 @siv'],
  },
  {
    name: 'nothing is left: nothing is sent',
    ...CENTRE,
    acts: [
      ['0s', 'storm 3'],
      ['5s', '3 recover'],
    ],
    until: '30m',
    told: ['0:00 @siv not sent ×3'],
  },
  {
    name: 'the hub dies in the middle: the same is told',
    ...CENTRE,
    acts: [
      ['0s', 'storm 2'],
      ['5s', 'crash'],
      ['1m', 'storm 20'],
      ['3m', 'crash'],
      ['4m', 'storm 18'],
    ],
    until: '11m',
    told: ['0:20 @siv digest of 2', '5:45 @tor digest of 2', '10:30 @siv digest of 38'],
  },
  {
    name: 'the hub is away when the message is due: it goes once, with all',
    ...CENTRE,
    acts: [
      ['0s', 'storm 2'],
      ['1m', 'storm 20'],
      ['2m', 'down 30m'],
    ],
    until: '33m',
    told: ['0:15 @siv digest of 2', '32:00 @siv digest of 20', '32:15 @tor digest of 2'],
  },
  {
    name: '"I take them all": everything in the message is theirs, and whoever was told of it too learns that once',
    ...CENTRE,
    acts: [
      ['0s', 'storm 40'],
      ['6m', '@tor yes digest'],
    ],
    until: '2h',
    told: [
      '0:15 @siv digest of 40',
      '5:30 @tor digest of 40',
      '6:00 @tor you has 40',
      '6:00 @siv operator has 40',
    ],
  },
  {
    name: 'somebody else has some already: they take the others; a second answer says the same',
    ...CENTRE,
    acts: [
      ['0s', 'storm 4'],
      ['1m', 'ida takes'],
      ['2m', '@siv yes digest'],
      ['3m', '@siv yes digest'],
    ],
    until: '2h',
    told: ['0:15 @siv digest of 4', '2:00 @siv you has 3', '3:00 @siv you has 3'],
  },
  {
    name: '"cannot" to all: the next is told at once',
    ...CENTRE,
    acts: [
      ['0s', 'storm 40'],
      ['1m', '@siv no digest'],
    ],
    until: '3m',
    told: ['0:15 @siv digest of 40', '1:00 @siv digest-declined', '1:15 @tor digest of 40'],
  },
  {
    name: 'an answer that nobody understands: they are asked again about all, twice, and told that nobody has them',
    ...CENTRE,
    acts: [
      ['0s', 'storm 40'],
      ['1m', '@siv huh -'],
      ['2m', '@siv huh -'],
      ['3m', '@siv huh -'],
    ],
    until: '4m',
    told: ['0:15 @siv digest of 40', '1:00 @siv unclear', '2:00 @siv unclear', '3:00 @siv untaken'],
  },
  {
    name: 'the message cannot be sent: the next is told at once',
    ...CENTRE,
    acts: [
      ['0s', '@siv is dead'],
      ['0s', 'storm 40'],
    ],
    until: '4m',
    told: ['0:15 @siv digest of 40 failed', '0:30 @tor digest of 40'],
  },
  {
    name: 'everything ends while the message waits for the provider: it does not go',
    ...CENTRE,
    acts: [
      ['0s', 'outage'],
      ['0s', 'storm 3'],
      ['1m', '3 recover'],
      ['2m', 'recovery'],
    ],
    until: '4m',
    told: ['0:15 @siv digest of 3 not sent'],
  },
  {
    name: 'who had the most messages in an hour: others are told before them, and they after all others',
    ...LIMITED,
    acts: [
      ['0s', 'damp'],
      ['1m', 'cold'],
    ],
    until: '9m',
    told: ['0:00 @siv', '1:00 @tor', '5:00 @tor', '6:00 @siv'],
    says: ['1:00 passed-over staff:siv: limit of 1 message an hour'],
  },
  {
    name: 'nobody else is left: they are told all the same',
    ...LIMITED,
    staff: 'siv',
    acts: [
      ['0s', 'damp'],
      ['1m', 'cold'],
    ],
    until: '9m',
    told: ['0:00 @siv', '1:00 @siv'],
  },
  {
    name: 'alarms and safety pass the limit',
    ...LIMITED,
    acts: [
      ['0s', 'damp'],
      ['30s', 'fall'],
      ['60s', 'door'],
    ],
    until: '90s',
    told: ['0:00 @siv', '0:30 @siv', '1:00 @siv'],
  },
  {
    name: 'technical alerts for who is over the limit go to others first, and to them in one message later',
    ...LIMITED,
    acts: [
      ['0s', 'damp'],
      ['1m', 'storm 3'],
    ],
    until: '20m',
    told: ['0:00 @siv', '1:15 @tor digest of 3', '5:00 @tor', '16:15 @siv digest of 3'],
  },
  {
    name: 'an hour later they are told first again',
    ...LIMITED,
    acts: [
      ['0s', 'damp'],
      ['0s', 'ida takes'],
      ['61m', 'cold'],
    ],
    until: '62m',
    told: ['0:00 @siv', '0:00 @siv taken', '61:00 @siv'],
  },
  {
    name: '8 homes of an area fall silent at once: the technician is told of it once, takes it, and learns that it is over',
    ...OUTAGE,
    acts: [...ALL_ONLINE, ['1m', '8 homes silent'], ['5m', '@siv yes'], ['20m', '8 homes back']],
    until: '2h',
    told: ['2:15 @siv', '5:00 @siv receipt', '20:15 @siv taken'],
    end: ['gone ended by hub'],
  },
  {
    name: 'nobody answers about an area: the next; when it is over, all who were told learn it',
    ...OUTAGE,
    acts: [...ALL_ONLINE, ['1m', '8 homes silent'], ['65m', '8 homes back']],
    until: '2h',
    told: ['2:15 @siv', '7:30 @tor', '65:15 @siv taken', '65:15 @tor taken'],
  },
  {
    name: '"cannot" about an area: the next at once',
    ...OUTAGE,
    acts: [...ALL_ONLINE, ['1m', '8 homes silent'], ['5m', '@siv no']],
    until: '10m',
    told: ['2:15 @siv', '5:00 @siv declined', '5:15 @tor'],
  },
  {
    name: 'handed on at the board to another of the staff; to a contact it cannot be',
    ...OUTAGE,
    acts: [
      ...ALL_ONLINE,
      ['1m', '8 homes silent'],
      ['3m', '@siv yes'],
      ['4m', 'ida hands on to anne'],
      ['5m', 'ida hands on to @tor'],
      ['6m', '@tor yes'],
    ],
    until: '10m',
    told: ['2:15 @siv', '3:00 @siv receipt', '5:00 @tor', '6:00 @siv taken', '6:00 @tor receipt'],
    end: ['gone taken by staff:tor'],
  },
  {
    name: 'an area in a storm: one of the alerts in the message',
    ...OUTAGE,
    acts: [
      ...ALL_ONLINE,
      ['1m', '8 homes silent'],
      ['2m', 'storm 3'],
      ['4m', '@siv yes digest'],
      ['9m', '8 homes back'],
    ],
    until: '16m',
    told: ['2:15 @siv digest of 4', '4:00 @siv you has 4'],
  },
  {
    name: 'a policy for families alone: an area and the hub are on the board',
    ...OUTAGE,
    policies: FAMILY,
    acts: [...ALL_ONLINE, ['1m', '8 homes silent'], ['1m', 'hub no-rules']],
    until: '10m',
    told: [],
    end: ['gone new'],
  },
  {
    name: 'nobody is on call: whoever is then is told of that too',
    ...OUTAGE,
    staff: '',
    acts: [...ALL_ONLINE, ['1m', '8 homes silent'], ['5m', 'staff tor']],
    until: '10m',
    told: ['5:15 @tor digest of 2'],
  },
  {
    name: 'the hub dies in the middle of an outage: the same is told',
    ...OUTAGE,
    acts: [...ALL_ONLINE, ['1m', '8 homes silent'], ['3m', 'crash'], ['4m', '@siv no']],
    until: '10m',
    told: ['2:15 @siv', '4:00 @siv declined', '4:15 @tor'],
  },
  {
    name: 'SMS does not work: whoever would be told by it is told by e-mail, and of what became of it',
    ...CENTRE,
    acts: [
      ['0s', 'outage of sms'],
      ['0s', 'hub no-sms'],
      ['3m', 'ida takes'],
      ['9m', 'hub well'],
      ['9m', 'recovery'],
    ],
    until: '20m',
    told: ['0:15 @siv email', '0:15 @siv not sent', '3:00 @siv email taken', '9:00 @siv email taken'],
  },
  {
    name: 'SMS does not work: who has no phone number is told by e-mail alone',
    ...CENTRE,
    staff: 'siv! tor!',
    acts: [
      ['0s', 'outage of sms'],
      ['0s', 'hub no-sms'],
    ],
    until: '6m',
    told: ['0:15 @siv email', '5:30 @tor email'],
  },
  {
    name: 'rule files are refused: the technician is told, and that it is over',
    ...CENTRE,
    acts: [
      ['0s', 'hub no-rules'],
      ['1m', '@siv yes'],
      ['9m', 'hub well'],
    ],
    until: '20m',
    told: ['0:15 @siv', '1:00 @siv receipt', '9:00 @siv taken'],
  },
]
