import type { Scenario } from './scenario.ts'

const CENTRE = `rotas:
  - id: centre
    timezone: Europe/Oslo
    shifts:
      - { days: [daily], from: "07:00", to: "15:00", who: [siv] }
      - { days: [daily], from: "15:00", to: "07:00", who: [tor] }
`
/** The family, then the care centre. 12:00 UTC is 13:00 in Oslo: siv is on call. */
const FALL_THROUGH = `policies:
  - id: p
    use: { category: [safety, health, routine], severity: [high, medium] }
    steps:
      - { to: { contacts: [family, neighbour] }, wait: 2m }
      - { to: { oncall: centre }, wait: 5m }
    repeat: { every: 10m }
${CENTRE}`
const USE = 'use: { category: [safety], severity: [high, medium] }'
const SIV = { policies: FALL_THROUGH, staff: 'siv tor' }

/** Somebody of the staff alone, though the home has contacts. */
const NIGHT_ONLY = `policies: [{ id: p, use: { category: [safety], severity: [high] }, steps: [{ to: { group: night }, wait: 1m }], repeat: { every: 1m } }]
groups: [{ id: night, who: [siv] }]`
/** The family, and somebody of the staff by night. 12:00 and 09:07 are by day. */
const NIGHT_TOO = `policies:
  - id: p
    use: { category: [safety], severity: [high] }
    steps: [{ to: { contacts: [family] }, wait: 2m }, { to: { group: night }, wait: 2m, during: { from: "22:00", to: "06:00" } }]
    repeat: { every: 10m }
groups: [{ id: night, who: [siv] }]`

/** Who got what when. Without policies the built-in one is in force: the contacts in order. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'nobody answers: the contacts in order, round after round',
    acts: [['0s', 'fall']],
    until: '16m',
    told: ['0:00 anne', '2:00 berit', '12:00 anne', '14:00 berit'],
    end: ['fall new'],
  },
  {
    name: 'nobody answers: falls through to the care centre, and begins again',
    ...SIV,
    acts: [['0s', 'fall']],
    until: '17m',
    told: ['0:00 anne', '2:00 berit', '4:00 @siv', '14:00 anne', '16:00 berit'],
  },
  {
    name: 'the first answers: nobody else is told',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'anne yes'],
    ],
    until: '30m',
    told: ['0:00 anne', '1:00 anne receipt'],
    end: ['fall taken by contact:anne'],
  },
  {
    name: 'the second answers: the first learns who',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['3m', 'berit yes'],
    ],
    until: '30m',
    told: ['0:00 anne', '2:00 berit', '3:00 anne taken', '3:00 berit receipt'],
    end: ['fall taken by contact:berit'],
  },
  {
    name: 'the same answer twice, as a provider brings it that was not heard: nothing new',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'anne no'],
      ['1m', 'anne no'],
      ['90s', 'berit yes'],
      ['2m', 'berit yes'],
    ],
    until: '30m',
    told: ['0:00 anne', '1:00 berit', '1:00 anne declined', '1:30 anne taken', '1:30 berit receipt'],
    end: ['fall taken by contact:berit'],
  },
  {
    name: '"cannot" goes on at once, and again',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['30s', 'anne no'],
      ['1m', 'berit no'],
      ['90s', '@siv yes'],
    ],
    until: '30m',
    told: [
      '0:00 anne',
      '0:30 berit',
      '0:30 anne declined',
      '1:00 @siv',
      '1:00 berit declined',
      '1:30 anne taken',
      '1:30 berit taken',
      '1:30 @siv receipt',
    ],
    end: ['fall taken by staff:siv'],
  },
  {
    name: 'all cannot: nobody is asked again before the round is over',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['30s', 'anne no'],
      ['1m', 'berit no'],
      ['90s', '@siv no'],
    ],
    until: '12m',
    told: [
      '0:00 anne',
      '0:30 berit',
      '0:30 anne declined',
      '1:00 @siv',
      '1:00 berit declined',
      '1:30 @siv declined',
      '11:00 anne',
    ],
    end: ['fall new'],
  },
  {
    name: '"cannot" of one who was told earlier does not hurry whoever has the message now',
    acts: [
      ['0s', 'fall'],
      ['150s', 'anne no'],
    ],
    until: '10m',
    told: ['0:00 anne', '2:00 berit', '2:30 anne declined'],
  },
  {
    name: 'the only contact cannot: they are told again in the next round',
    contacts: 'anne',
    acts: [
      ['0s', 'fall'],
      ['1m', 'anne no'],
    ],
    until: '11m',
    told: ['0:00 anne', '1:00 anne declined', '10:00 anne'],
  },
  {
    name: 'whoever took it cannot come after all: the next at once',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'anne yes'],
      ['5m', 'anne no'],
    ],
    until: '6m',
    told: ['0:00 anne', '1:00 anne receipt', '5:00 berit', '5:00 anne declined'],
    end: ['fall new'],
  },
  {
    name: 'the shift changes before the care centre is told: the new one is',
    ...SIV,
    start: '2026-01-05T13:57:00Z',
    acts: [['0s', 'fall']],
    until: '5m',
    told: ['0:00 anne', '2:00 berit', '4:00 @tor'],
  },
  {
    name: 'the shift changes while the last one is waited for: the new one is told at once',
    ...SIV,
    contacts: '',
    start: '2026-01-05T13:57:00Z',
    acts: [['0s', 'fall']],
    until: '11m',
    told: ['0:00 @siv', '3:00 @tor'],
  },
  {
    name: 'on the night clocks are set back the night shift is still on',
    ...SIV,
    contacts: '',
    start: '2026-10-25T00:50:00Z',
    acts: [['0s', 'fall']],
    until: '21m',
    told: ['0:00 @tor', '10:00 @tor', '20:00 @tor'],
  },
  {
    name: 'on the night clocks are set forward the day shift begins by the new time',
    ...SIV,
    contacts: '',
    start: '2026-03-29T04:55:00Z',
    acts: [['0s', 'fall']],
    until: '11m',
    told: ['0:00 @tor', '5:00 @siv'],
  },
  {
    name: 'a number that is not in use: the next at once',
    ...SIV,
    acts: [
      ['0s', 'anne is dead'],
      ['0s', 'fall'],
    ],
    until: '3m',
    told: ['0:00 anne failed', '0:00 berit', '2:00 @siv'],
  },
  {
    name: 'no number is in use: no storm, the next round tries again',
    acts: [
      ['0s', 'anne is dead'],
      ['0s', 'berit is dead'],
      ['0s', 'fall'],
    ],
    until: '11m',
    told: ['0:00 anne failed', '0:00 berit failed', '10:00 anne failed', '10:00 berit failed'],
  },
  {
    name: 'the provider is out: everybody is queued in their turn, and each gets one message after it',
    acts: [
      ['0s', 'outage'],
      ['0s', 'fall'],
      ['13m', 'recovery'],
    ],
    until: '13m',
    told: ['0:00 anne not sent', '2:00 berit', '12:00 anne'],
  },
  {
    name: 'an outage ends: what waited is sent, and the steps go on',
    acts: [
      ['0s', 'outage'],
      ['0s', 'fall'],
      ['1m', 'recovery'],
    ],
    until: '3m',
    told: ['0:00 anne', '2:00 berit'],
  },
  {
    name: 'a crash in the middle: nobody is skipped or told twice',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'crash'],
      ['3m', 'crash'],
    ],
    until: '5m',
    told: ['0:00 anne', '2:00 berit', '4:00 @siv'],
  },
  {
    name: 'an hour of downtime: what was due comes once, and the waits begin anew',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'down 1h'],
    ],
    until: '66m',
    told: ['0:00 anne', '61:00 berit', '63:00 @siv'],
  },
  {
    name: 'a contact who is new is told in the same round',
    acts: [
      ['0s', 'fall'],
      ['1m', 'contacts anne kari berit'],
    ],
    until: '7m',
    told: ['0:00 anne', '2:00 kari', '4:00 berit'],
  },
  {
    name: 'a contact who is new and stands before the one who was told is next; nobody is told twice',
    acts: [
      ['0s', 'fall'],
      ['1m', 'contacts kari anne berit'],
    ],
    until: '7m',
    told: ['0:00 anne', '2:00 kari', '4:00 berit'],
  },
  {
    name: 'a contact who is gone is told no more',
    acts: [
      ['0s', 'fall'],
      ['1m', 'contacts anne carl'],
    ],
    until: '5m',
    told: ['0:00 anne', '2:00 carl'],
  },
  {
    name: 'no contact: the first who is registered is told at once',
    contacts: '',
    acts: [
      ['0s', 'fall'],
      ['7m', 'contacts berit'],
    ],
    until: '8m',
    told: ['7:00 berit'],
  },
  {
    name: 'nobody at all: staff who are registered are told at once',
    policies: FALL_THROUGH,
    contacts: '',
    acts: [
      ['0s', 'fall'],
      ['3m', 'staff siv'],
    ],
    until: '5m',
    told: ['3:00 @siv'],
  },
  {
    name: 'nobody on call, and no contacts: told as soon as the shift begins',
    policies: `policies: [{ id: p, ${USE}, steps: [{ to: { oncall: day }, wait: 2m }], repeat: { every: 5m } }]
rotas: [{ id: day, timezone: UTC, shifts: [{ days: [daily], from: "12:30", to: "20:00", who: [siv] }] }]`,
    contacts: '',
    staff: 'siv',
    acts: [['0s', 'fall']],
    until: '31m',
    told: ['30:00 @siv'],
  },
  {
    name: 'nobody on call: the contacts hear of it rather than nobody',
    policies: `policies: [{ id: p, ${USE}, steps: [{ to: { oncall: day }, wait: 2m }], repeat: { every: 5m } }]
rotas: [{ id: day, timezone: UTC, shifts: [{ days: [daily], from: "12:07", to: "20:00", who: [siv] }] }]`,
    staff: 'siv',
    acts: [['0s', 'fall']],
    until: '10m',
    told: ['0:00 anne', '2:00 berit', '7:00 @siv'],
  },
  {
    name: 'in maintenance the installers alone are told',
    ...SIV,
    contacts: 'anne ola:installer',
    acts: [
      ['0s', 'maintenance on'],
      ['1m', 'fall'],
    ],
    until: '12m',
    told: ['1:00 ola', '11:00 ola'],
  },
  {
    name: 'a test that nobody answered counts as real when maintenance ends',
    ...SIV,
    contacts: 'anne ola:installer',
    acts: [
      ['0s', 'maintenance on'],
      ['1m', 'fall'],
      ['3m', 'maintenance off'],
    ],
    until: '6m',
    told: ['1:00 ola', '3:00 anne', '5:00 @siv'],
  },
  {
    name: 'maintenance that ends by itself counts what nobody answered; that it did is for the board',
    ...SIV,
    contacts: 'anne ola:installer',
    acts: [
      ['0s', 'maintenance on'],
      ['3h58m', 'fall'],
    ],
    until: '4h3m',
    told: ['238:00 ola', '240:00 anne', '242:00 @tor'],
  },
  {
    name: 'a second fall after an answer begins from the first on',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['3m', 'berit yes'],
      ['20m', 'fall'],
    ],
    until: '23m',
    told: ['0:00 anne', '2:00 berit', '3:00 anne taken', '3:00 berit receipt', '20:00 anne', '22:00 berit'],
    end: ['fall new'],
  },
  {
    name: 'a second fall that nobody has answered changes nothing',
    acts: [
      ['0s', 'fall'],
      ['1m', 'fall'],
    ],
    until: '3m',
    told: ['0:00 anne', '2:00 berit'],
  },
  {
    name: 'resolved while a message is queued: it is not sent',
    acts: [
      ['0s', 'outage'],
      ['0s', 'fall'],
      ['1m', 'siv resolves'],
      ['2m', 'recovery'],
    ],
    until: '30m',
    told: ['0:00 anne not sent'],
    end: ['fall ended by operator:siv'],
  },
  {
    name: 'resolved at the board: whoever was told learns that it is over',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['5m', 'ida resolves'],
    ],
    until: '30m',
    told: ['0:00 anne', '2:00 berit', '4:00 @siv', '5:00 anne taken', '5:00 berit taken', '5:00 @siv taken'],
    end: ['fall ended by operator:ida'],
  },
  {
    name: 'the staff answer by the code of what they were told',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['5m', '@siv yes'],
    ],
    until: '30m',
    told: [
      '0:00 anne',
      '2:00 berit',
      '4:00 @siv',
      '5:00 anne taken',
      '5:00 berit taken',
      '5:00 @siv receipt',
    ],
    end: ['fall taken by staff:siv'],
  },
  {
    name: 'the staff cannot take by code what they were not told: a slip of the thumb ends nothing',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', '@siv yes'],
    ],
    until: '3m',
    told: ['0:00 anne', '2:00 berit'],
    end: ['fall new'],
  },
  {
    name: 'a wrong code is asked about, and the steps go on',
    acts: [
      ['0s', 'fall'],
      ['1m', 'anne yes 0000'],
    ],
    until: '3m',
    told: ['0:00 anne', '1:00 anne unclear', '2:00 berit'],
  },
  {
    name: 'two alerts are open, and "OK" has no code: asked about, neither is taken',
    acts: [
      ['0s', 'fall'],
      ['1m', 'sos'],
      ['90s', 'anne yes -'],
    ],
    until: '2m',
    told: ['0:00 anne', '1:00 anne', '1:30 anne unclear', '2:00 berit ×2'],
    end: ['fall new', 'sos new'],
  },
  {
    name: 'two alerts are open, and the code says which is meant',
    acts: [
      ['0s', 'fall'],
      ['1m', 'sos'],
      ['90s', 'anne yes fall'],
    ],
    until: '2m',
    told: ['0:00 anne', '1:00 anne', '1:30 anne receipt', '2:00 berit'],
    end: ['fall taken by contact:anne', 'sos new'],
  },
  {
    name: 'a low alert stays on the board',
    ...SIV,
    acts: [['0s', 'damp']],
    until: '30m',
    told: [],
    end: ['damp new'],
  },
  {
    name: 'a technical alert stays on the board, however high',
    ...SIV,
    acts: [['0s', 'kit']],
    until: '30m',
    told: [],
  },
  {
    name: 'a rule that names a policy is told by that',
    ...SIV,
    contacts: 'anne nils:neighbour',
    acts: [['0s', 'sos']],
    until: '7m',
    told: ['0:00 anne', '1:00 nils', '6:00 anne', '7:00 nils'],
  },
  {
    name: 'at night another step counts',
    policies: `policies:
  - id: p
    ${USE}
    steps:
      - { to: { contacts: [neighbour] }, wait: 1m, during: { from: "22:00", to: "07:00" } }
      - { to: { contacts: [family] }, wait: 2m }
    repeat: { from: 2, every: 5m }`,
    contacts: 'anne nils:neighbour',
    timezone: 'Europe/Oslo',
    start: '2026-01-05T20:58:00Z',
    acts: [['0s', 'fall']],
    until: '11m',
    told: ['0:00 anne', '5:00 nils', '10:00 anne'],
  },
  {
    name: 'what is urgent goes to the care centre at the same time',
    policies: `policies:
  - id: p
    ${USE}
    steps:
      - { to: { oncall: centre }, wait: 30s, severity: [high] }
      - { to: { contacts: [family] }, wait: 2m }
      - { to: { oncall: centre }, wait: 5m }
    repeat: { every: 10m }
${CENTRE}`,
    staff: 'siv',
    acts: [['0s', 'fall']],
    until: '3m',
    told: ['0:00 @siv', '0:30 anne', '2:30 berit'],
  },
  {
    name: 'what is less urgent goes to the family first',
    policies: `policies:
  - id: p
    ${USE}
    steps:
      - { to: { oncall: centre }, wait: 30s, severity: [high] }
      - { to: { contacts: [family] }, wait: 2m }
      - { to: { oncall: centre }, wait: 5m }
    repeat: { every: 10m }
${CENTRE}`,
    staff: 'siv',
    acts: [['0s', 'door']],
    until: '5m',
    told: ['0:00 anne', '2:00 berit', '4:00 @siv'],
  },
  {
    name: 'repeats the later steps for ever, and spares the family',
    policies: FALL_THROUGH.replace('repeat: { every: 10m }', 'repeat: { from: 2, every: 3m }'),
    staff: 'siv',
    acts: [['0s', 'fall']],
    until: '14m',
    told: ['0:00 anne', '2:00 berit', '4:00 @siv', '7:00 @siv', '10:00 @siv', '13:00 @siv'],
  },
  {
    name: 'a group is told at once, by several ways; one "cannot" waits for the others, the last one goes on',
    policies: `policies:
  - id: p
    ${USE}
    steps:
      - { to: { group: nurses }, by: [sms, email], wait: 3m }
      - { to: { contacts: [family] }, wait: 2m }
    repeat: { every: 10m }
groups: [{ id: nurses, who: [siv, tor] }]`,
    staff: 'siv tor',
    acts: [
      ['0s', 'fall'],
      ['30s', '@siv no'],
      ['1m', '@tor no'],
    ],
    until: '2m',
    told: [
      '0:00 @siv email',
      '0:00 @siv',
      '0:00 @tor email',
      '0:00 @tor',
      '0:30 @siv declined',
      '1:00 anne',
      '1:00 @tor declined',
    ],
  },
  {
    name: 'one of a group cannot be reached: the others still may answer, so the wait goes on',
    policies: `policies:
  - { id: p, ${USE}, steps: [{ to: { group: nurses }, wait: 3m }, { to: { contacts: [family] }, wait: 2m }], repeat: { every: 10m } }
groups: [{ id: nurses, who: [siv, tor] }]`,
    staff: 'siv tor',
    acts: [
      ['0s', '@siv is dead'],
      ['0s', 'fall'],
    ],
    until: '4m',
    told: ['0:00 @siv failed', '0:00 @tor', '3:00 anne'],
  },
  {
    name: 'other policies come into force in the middle: the next step is theirs, and nobody is told twice',
    later: FALL_THROUGH.replace('wait: 2m', 'wait: 1m'),
    staff: 'siv',
    acts: [
      ['0s', 'fall'],
      ['1m', 'policies'],
    ],
    until: '4m',
    told: ['0:00 anne', '2:00 berit', '3:00 @siv'],
  },
  {
    name: 'taken over at the board: whoever had it learns that',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'anne yes'],
      ['2m', 'ida takes over'],
    ],
    until: '30m',
    told: ['0:00 anne', '1:00 anne receipt', '2:00 anne taken'],
    end: ['fall taken by operator:ida'],
  },
  {
    name: 'handed on: it stays with whoever has it until the other one answers',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'ida takes'],
      ['2m', 'ida hands on to @siv'],
      ['4m', '@siv yes'],
    ],
    until: '30m',
    told: ['0:00 anne', '1:00 anne taken', '2:00 @siv', '4:00 anne taken', '4:00 @siv receipt'],
    end: ['fall taken by staff:siv'],
  },
  {
    name: 'handed on to somebody who cannot: it stays',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'ida takes'],
      ['2m', 'ida hands on to @siv'],
      ['4m', '@siv no'],
    ],
    until: '30m',
    told: ['0:00 anne', '1:00 anne taken', '2:00 @siv', '4:00 @siv declined'],
    end: ['fall taken by operator:ida'],
  },
  {
    name: 'handed on before anybody has it: the steps go on as they would',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'ida hands on to @siv'],
    ],
    until: '5m',
    told: ['0:00 anne', '1:00 @siv', '2:00 berit'],
    end: ['fall new'],
  },
  {
    name: 'handed on to somebody else meanwhile: a number that is not in use still goes on at once',
    ...SIV,
    acts: [
      ['0s', 'anne is dead'],
      ['0s', 'outage'],
      ['0s', 'fall'],
      ['30s', 'ida hands on to @siv'],
      ['45s', '@siv no'],
      ['1m', 'recovery'],
    ],
    until: '2m',
    told: ['0:00 anne failed', '0:30 @siv', '0:45 @siv declined', '1:00 berit'],
  },
  {
    name: 'a note and somebody on the way: whoever goes has it',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'ida notes'],
      ['90s', 'ida on-the-way'],
      ['9m', 'ida arrived'],
    ],
    until: '30m',
    told: ['0:00 anne', '1:30 anne taken'],
    end: ['fall taken by operator:ida'],
  },
  {
    name: 'STOP in the middle of an alert: the next at once, and nothing more to that number',
    acts: [
      ['0s', 'fall'],
      ['30s', 'anne stops'],
      ['1m', 'berit yes'],
      ['5m', 'ida resolves'],
    ],
    until: '30m',
    told: ['0:00 anne', '0:30 anne stopped', '0:30 berit', '1:00 berit receipt', '5:00 berit taken'],
    says: ['0:30 stopped contact:anne'],
  },
  {
    name: 'STOP while a message is queued: it is not sent',
    acts: [
      ['0s', 'outage'],
      ['0s', 'fall'],
      ['30s', 'anne stops'],
      ['1m', 'recovery'],
    ],
    until: '2m',
    told: ['0:00 anne not sent', '0:30 anne stopped', '0:30 berit'],
  },
  {
    name: 'STOP twice is the same as once, and a restart forgets nothing of it',
    acts: [
      ['0s', 'anne stops'],
      ['1m', 'anne stops'],
      ['2m', 'crash'],
      ['3m', 'fall'],
    ],
    until: '6m',
    told: ['0:00 anne stopped', '3:00 berit'],
  },
  {
    name: 'STOP and START again and again: two machines do not go on for ever',
    acts: [
      ['0s', 'anne stops'],
      ['1m', 'anne starts'],
      ['2m', 'anne stops'],
      ['3m', 'crash'],
      ['4m', 'anne starts'],
      ['5m', 'anne stops'],
    ],
    until: '6m',
    told: ['0:00 anne stopped', '1:00 anne started', '2:00 anne stopped'],
  },
  {
    name: 'START in the middle of an alert: told at once what waits',
    acts: [
      ['0s', 'anne stops'],
      ['0s', 'fall'],
      ['1m', 'anne starts'],
    ],
    until: '3m',
    told: ['0:00 anne stopped', '0:00 berit', '1:00 anne started', '1:00 anne'],
    says: ['1:00 started contact:anne'],
  },
  {
    name: 'START gives back what STOP took, and no more',
    acts: [
      ['0s', 'consent anne -receipts'],
      ['0s', 'anne stops'],
      ['1m', 'anne starts'],
      ['2m', 'fall'],
      ['5m', 'berit yes'],
    ],
    until: '6m',
    told: ['0:00 anne stopped', '1:00 anne started', '2:00 anne', '4:00 berit', '5:00 berit receipt'],
  },
  {
    name: "whoever took it writes STOP: it is nobody's again, and the next is told",
    acts: [
      ['0s', 'fall'],
      ['1m', 'anne yes'],
      ['2m', 'anne stops'],
    ],
    until: '3m',
    told: ['0:00 anne', '1:00 anne receipt', '2:00 anne stopped', '2:00 berit'],
    end: ['fall new'],
  },
  {
    name: 'the staff cannot stop messages by SMS: they hear so, and are told as before',
    ...SIV,
    contacts: '',
    acts: [
      ['0s', 'fall'],
      ['1m', '@siv stops'],
      ['2m', '@siv stops'],
      ['3m', '@siv stops'],
      ['4m', '@siv stops'],
    ],
    until: '11m',
    told: [
      '0:00 @siv',
      '1:00 @siv cannot-stop',
      '2:00 @siv cannot-stop',
      '3:00 @siv cannot-stop',
      '10:00 @siv',
    ],
    says: [1, 2, 3, 4].map((minute) => `${minute}:00 stop-refused staff:siv`),
  },
  {
    name: 'consent withdrawn in the middle of an alert: the next at once; who has it is another matter',
    acts: [
      ['0s', 'fall'],
      ['30s', 'consent anne -alerts'],
      ['1m', 'berit yes'],
    ],
    until: '30m',
    told: ['0:00 anne', '0:30 berit', '1:00 anne taken', '1:00 berit receipt'],
    says: ['0:30 stopped contact:anne'],
  },
  {
    name: 'no consent to news: asked to come, and told nothing of the others; answers are answered',
    acts: [
      ['0s', 'consent anne -receipts'],
      ['0s', 'fall'],
      ['3m', 'berit yes'],
      ['4m', 'anne yes'],
    ],
    until: '30m',
    told: ['0:00 anne', '2:00 berit', '3:00 berit receipt', '4:00 anne taken'],
    says: [],
  },
  {
    name: 'given again by somebody after a STOP: told as before',
    acts: [
      ['0s', 'anne stops'],
      ['1m', 'consent anne +alerts'],
      ['2m', 'fall'],
      ['5m', 'berit yes'],
    ],
    until: '6m',
    told: ['0:00 anne stopped', '2:00 anne', '4:00 berit', '5:00 berit receipt'],
  },
  {
    name: 'nobody hands an alert on to whoever wrote STOP',
    acts: [
      ['0s', 'anne stops'],
      ['0s', 'fall'],
      ['1m', 'ida hands on to anne'],
    ],
    until: '2m',
    told: ['0:00 anne stopped', '0:00 berit'],
  },
  {
    name: 'quiet hours: the next at once, and at their end what still waits',
    contacts: 'anne~2200-0700 berit',
    start: '2026-01-05T06:50:00Z',
    acts: [['0s', 'door']],
    until: '12m',
    told: ['0:00 berit', '10:00 anne'],
    says: ['0:00 quiet contact:anne: 07:00'],
  },
  {
    name: 'quiet hours end before the next round: told at their end, not with it',
    contacts: 'anne~2200-0700 berit',
    start: '2026-01-05T06:53:00Z',
    acts: [
      ['0s', 'door'],
      ['3m', 'crash'],
    ],
    until: '10m',
    told: ['0:00 berit', '7:00 anne'],
  },
  {
    name: 'quiet hours end while the hub is away: told when it is back',
    contacts: 'anne~2200-0700 berit',
    start: '2026-01-05T06:53:00Z',
    acts: [
      ['0s', 'door'],
      ['3m', 'down 6m'],
    ],
    until: '10m',
    told: ['0:00 berit', '9:00 anne'],
  },
  {
    name: 'quiet hours never hold back a fall',
    contacts: 'anne~2200-0700 berit',
    start: '2026-01-05T03:00:00Z',
    acts: [['0s', 'fall']],
    until: '3m',
    told: ['0:00 anne', '2:00 berit'],
    says: [],
  },
  {
    name: 'quiet hours give way when there is nobody else: the wrong hour is better than nobody',
    contacts: 'anne~2200-0700 berit~2300-0800',
    start: '2026-01-05T03:00:00Z',
    acts: [
      ['0s', 'door'],
      ['5m', 'crash'],
    ],
    until: '13m',
    told: ['0:00 anne', '2:00 berit', '12:00 anne'],
    says: ['0:00 woken hub'],
  },
  {
    name: 'quiet hours give way when nobody else can come',
    contacts: 'anne~2200-0700 berit',
    start: '2026-01-05T03:00:00Z',
    acts: [
      ['0s', 'door'],
      ['1m', 'berit no'],
    ],
    until: '2m',
    told: ['0:00 berit', '1:00 anne', '1:00 berit declined'],
    says: ['0:00 quiet contact:anne: 07:00', '1:00 woken hub'],
  },
  {
    name: 'quiet hours give way when the only other one writes STOP',
    contacts: 'anne~2200-0700 berit',
    start: '2026-01-05T03:00:00Z',
    acts: [
      ['0s', 'door'],
      ['1m', 'berit stops'],
    ],
    until: '2m',
    told: ['0:00 berit', '1:00 berit stopped', '1:00 anne'],
  },
  {
    name: 'quiet hours do not give way while somebody is on call',
    ...SIV,
    contacts: 'anne~2200-0700 berit~2200-0700',
    start: '2026-01-05T03:00:00Z',
    acts: [['0s', 'door']],
    until: '12m',
    told: ['0:00 @tor', '10:00 @tor'],
    says: ['0:00 quiet contact:anne: 07:00', '0:00 quiet contact:berit: 07:00'],
  },
  {
    name: 'quiet hours on the night clocks are set forward: they end by the new time',
    contacts: 'anne~2200-0700 berit',
    timezone: 'Europe/Oslo',
    start: '2026-03-29T04:55:00Z',
    acts: [['0s', 'door']],
    until: '6m',
    told: ['0:00 berit', '5:00 anne'],
  },
  {
    name: 'quiet hours on the night clocks are set back: they end by the new time',
    contacts: 'anne~2200-0700 berit',
    timezone: 'Europe/Oslo',
    start: '2026-10-25T05:55:00Z',
    acts: [['0s', 'door']],
    until: '6m',
    told: ['0:00 berit', '5:00 anne'],
  },
  {
    name: 'quiet hours that end at a time that the clock skips: as much later as it jumps',
    contacts: 'anne~2200-0230 berit',
    timezone: 'Europe/Oslo',
    start: '2026-03-29T01:25:00Z',
    acts: [['0s', 'door']],
    until: '6m',
    told: ['0:00 berit', '5:00 anne'],
  },
  {
    name: 'quiet hours and the part of the day of a step both count',
    policies: `policies:
  - id: p
    ${USE}
    steps:
      - { to: { contacts: [family] }, wait: 2m, during: { from: "06:30", to: "22:00" } }
      - { to: { contacts: [neighbour] }, wait: 2m }
    repeat: { every: 5m }`,
    contacts: 'anne~2200-0700 nils:neighbour',
    start: '2026-01-05T06:28:00Z',
    acts: [['0s', 'door']],
    until: '33m',
    told: [
      '0:00 nils',
      '5:00 nils',
      '10:00 nils',
      '15:00 nils',
      '20:00 nils',
      '25:00 nils',
      '30:00 nils',
      '32:00 anne',
    ],
    says: ['5:00 quiet contact:anne: 07:00'],
  },
  {
    name: 'news waits for the end of quiet hours, and is told once',
    contacts: 'anne~2200-0700 berit',
    start: '2026-01-05T21:58:00Z',
    acts: [
      ['0s', 'fall'],
      ['5m', 'berit yes'],
      ['10m', 'ida resolves'],
    ],
    until: '543m',
    told: [
      '0:00 anne',
      '2:00 berit',
      '5:00 anne taken not sent later',
      '5:00 berit receipt',
      '10:00 anne taken later',
      '10:00 berit taken',
    ],
  },
  {
    name: 'whoever was told in their quiet hours is up, and hears the news at once',
    contacts: 'anne~2200-0700 berit',
    start: '2026-01-05T23:00:00Z',
    acts: [
      ['0s', 'fall'],
      ['5m', 'berit yes'],
    ],
    until: '6m',
    told: ['0:00 anne', '2:00 berit', '5:00 anne taken', '5:00 berit receipt'],
  },
  {
    name: 'news that waits when a second fall comes is not sent: nobody has it any more',
    contacts: 'anne~2200-0700 berit',
    start: '2026-01-05T21:58:00Z',
    acts: [
      ['0s', 'fall'],
      ['5m', 'berit yes'],
      ['20m', 'fall'],
    ],
    until: '21m',
    told: ['0:00 anne', '2:00 berit', '5:00 anne taken not sent later', '5:00 berit receipt', '20:00 anne'],
  },
  {
    name: 'taken, given back, taken again and over: everybody who was told hears each once',
    acts: [
      ['0s', 'fall'],
      ['3m', 'berit yes'],
      ['4m', 'berit no'],
      ['5m', 'anne yes'],
      ['6m', 'ida takes over'],
      ['7m', 'ida resolves'],
    ],
    until: '30m',
    told: [
      '0:00 anne',
      '2:00 berit',
      '3:00 anne taken',
      '3:00 berit receipt',
      '4:00 anne',
      '4:00 berit declined',
      '5:00 anne receipt',
      '5:00 berit taken',
      '6:00 anne taken',
      '6:00 berit taken',
      '7:00 anne taken',
      '7:00 berit taken',
    ],
  },
  {
    name: 'no board is open: the next is told at once too, and the rest as ever',
    ...SIV,
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board closes'],
      ['2m', 'fall'],
    ],
    until: '18m',
    told: ['2:00 anne', '2:00 berit', '4:00 @siv', '14:00 anne', '16:00 berit', '18:00 @siv'],
    says: ['2:00 unwatched hub'],
  },
  {
    name: 'no board is open: whoever is on call and the first of the family, who would wait half a minute',
    policies: `policies:
  - id: p
    use: { category: [safety], severity: [high] }
    steps:
      - { to: { oncall: centre }, wait: 30s }
      - { to: { contacts: [family] }, wait: 2m }
    repeat: { every: 10m }
${CENTRE}`,
    staff: 'siv tor',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board closes'],
      ['2m', 'fall'],
    ],
    until: '10m',
    told: ['2:00 @siv', '2:00 anne', '4:00 berit'],
    says: ['2:00 unwatched hub'],
  },
  {
    name: 'the last board closes while it waits: its next step comes at once, and only that',
    contacts: 'anne berit eva',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'fall'],
      ['90s', 'board closes'],
      ['105s', 'board opens'],
      ['2m', 'board closes'],
    ],
    until: '5m',
    told: ['1:00 anne', '1:30 berit', '3:30 eva'],
    says: ['1:30 unwatched hub'],
  },
  {
    name: 'no board is open over a restart of the hub: nobody is told twice, and the next alert knows it still',
    contacts: 'anne berit eva',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board closes'],
      ['2m', 'fall'],
      ['150s', 'crash'],
      ['3m', 'eva yes'],
      ['5m', 'crash'],
      ['6m', 'sos'],
    ],
    until: '6m',
    told: [
      '2:00 anne',
      '2:00 berit',
      '3:00 anne taken',
      '3:00 berit taken',
      '3:00 eva receipt',
      '6:00 anne',
      '6:00 berit',
    ],
    says: ['2:00 unwatched hub', '6:00 unwatched hub'],
  },
  {
    name: 'a second fall after an answer is new: with no board open the next is told at once again',
    contacts: 'anne berit eva',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board closes'],
      ['2m', 'fall'],
      ['3m', 'anne yes'],
      ['4m', 'fall'],
    ],
    until: '5m',
    told: ['2:00 anne', '2:00 berit', '3:00 anne receipt', '3:00 berit taken', '4:00 anne', '4:00 berit'],
    says: ['2:00 unwatched hub', '4:00 unwatched hub'],
  },
  {
    name: 'a board is open: the steps have their time',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'fall'],
    ],
    until: '4m',
    told: ['1:00 anne', '3:00 berit'],
    says: [],
  },
  {
    name: 'a board of the area is open: the home is seen by it',
    area: 'north',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board north'],
      ['2m', 'fall'],
    ],
    until: '5m',
    told: ['2:00 anne', '4:00 berit'],
    says: [],
  },
  {
    name: 'only a board of another area is open: nobody there sees it',
    area: 'south',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board north'],
      ['2m', 'fall'],
    ],
    until: '5m',
    told: ['2:00 anne', '2:00 berit'],
    says: ['2:00 unwatched hub'],
  },
  {
    name: 'no board is open: what is medium waits as ever',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board closes'],
      ['2m', 'door'],
    ],
    until: '5m',
    told: ['2:00 anne', '4:00 berit'],
    says: [],
  },
  {
    name: 'no board was open for a day: nobody is expected at one, and the steps have their time',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board closes'],
      ['1441m', 'fall'],
    ],
    until: '1444m',
    told: ['1441:00 anne', '1443:00 berit'],
    says: [],
  },
  {
    name: 'no board is open and there is one contact: they are not told twice',
    contacts: 'anne',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board closes'],
      ['2m', 'fall'],
    ],
    until: '5m',
    told: ['2:00 anne'],
    says: [],
  },
  {
    name: 'no board is open and the next has quiet hours: they are not woken for that',
    contacts: 'anne berit~2200-0700',
    start: '2026-01-05T23:00:00Z',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board closes'],
      ['2m', 'hot'],
    ],
    until: '5m',
    told: ['2:00 anne'],
    says: ['2:00 quiet contact:berit: 07:00'],
  },
  {
    name: 'no board is open: what is about equipment waits as ever, however high',
    policies: `policies: [{ id: p, use: { category: [technical], severity: [high] }, steps: [{ to: { contacts: [family] }, wait: 2m }], repeat: { every: 10m } }]`,
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board closes'],
      ['2m', 'kit'],
    ],
    until: '3m',
    told: ['2:15 anne'],
    says: [],
  },
  {
    name: 'no board is open and the home is in maintenance: a test calls the installer alone',
    contacts: 'ola:installer eva:installer anne',
    acts: [
      ['0s', 'board opens'],
      ['1m', 'board closes'],
      ['2m', 'maintenance on'],
      ['3m', 'fall'],
    ],
    until: '4m',
    told: ['3:00 ola'],
    says: [],
  },
  {
    name: "the policy names only somebody without a phone: the home's contacts are told",
    policies: NIGHT_ONLY,
    staff: 'siv!',
    acts: [['0s', 'fall']],
    until: '13m',
    told: [
      '0:00 anne',
      '2:00 berit',
      '3:00 anne',
      '5:00 berit',
      '6:00 anne',
      '8:00 berit',
      '9:00 anne',
      '11:00 berit',
      '12:00 anne',
    ],
    says: ['0:00 no-address staff:siv'],
  },
  {
    name: 'the policy names only a number that is not in use: the contacts at once, and in each round',
    policies: NIGHT_ONLY,
    staff: 'siv',
    acts: [
      ['0s', '@siv is dead'],
      ['0s', 'fall'],
    ],
    until: '4m',
    told: ['0:00 @siv failed', '0:00 anne', '2:00 berit', '3:00 @siv failed', '3:00 anne'],
    says: ['0:00 widened hub'],
  },
  {
    name: 'the only one whom the policy names cannot: the contacts at once',
    policies: NIGHT_ONLY.replace('every: 1m', 'every: 60m'),
    staff: 'siv',
    acts: [
      ['0s', 'fall'],
      ['30s', '@siv no'],
    ],
    until: '60m',
    told: ['0:00 @siv', '0:30 anne', '0:30 @siv declined', '2:30 berit'],
    says: ['0:30 widened hub'],
  },
  {
    name: 'whoever took it alone cannot come after all: the contacts whom the policy does not name',
    policies: NIGHT_ONLY.replace('every: 1m', 'every: 60m'),
    staff: 'siv',
    acts: [
      ['0s', 'fall'],
      ['30s', '@siv yes'],
      ['1m', '@siv no'],
    ],
    until: '2m',
    told: ['0:00 @siv', '0:30 @siv receipt', '1:00 anne', '1:00 @siv declined'],
    says: ['1:00 widened hub'],
  },
  {
    name: 'one of the two whom the policy names may still answer: nobody else is told',
    policies: NIGHT_ONLY.replace('[siv]', '[siv, tor]').replace('every: 1m', 'every: 60m'),
    staff: 'siv tor',
    acts: [
      ['0s', '@siv is dead'],
      ['0s', 'fall'],
    ],
    until: '30m',
    told: ['0:00 @siv failed', '0:00 @tor'],
    says: [],
  },
  {
    name: 'all contacts wrote STOP, and the staff are named for the night alone: they are told by day',
    policies: NIGHT_TOO,
    staff: 'siv',
    start: '2026-01-05T09:07:00Z',
    acts: [
      ['0s', 'anne stops'],
      ['0s', 'berit stops'],
      ['0s', 'fall'],
    ],
    until: '3m',
    told: ['0:00 anne stopped', '0:00 berit stopped', '0:00 @siv'],
    says: ['0:00 any-hour hub'],
  },
  {
    name: 'no contact can be reached, and the staff are named for the night alone: they are told by day',
    policies: NIGHT_TOO,
    staff: 'siv',
    contacts: 'anne',
    acts: [
      ['0s', 'anne is dead'],
      ['0s', 'fall'],
    ],
    until: '3m',
    told: ['0:00 anne failed', '0:00 @siv'],
    says: ['0:00 any-hour hub'],
  },
  {
    name: 'a contact without a phone number is passed over, and told when there is one',
    contacts: 'anne! berit',
    acts: [
      ['0s', 'fall'],
      ['3m', 'contacts anne berit'],
    ],
    until: '4m',
    told: ['0:00 berit', '3:00 anne'],
    says: ['0:00 no-address contact:anne'],
  },
  {
    name: 'a contact has it and is removed: the next at once',
    acts: [
      ['0s', 'fall'],
      ['1m', 'anne yes'],
      ['2m', 'contacts berit'],
    ],
    until: '3m',
    told: ['0:00 anne', '1:00 anne receipt', '2:00 berit'],
    end: ['fall new'],
  },
  {
    name: 'the only one who was asked is removed: the next at once',
    acts: [
      ['0s', 'fall'],
      ['1m', 'contacts berit'],
    ],
    until: '2m',
    told: ['0:00 anne', '1:00 berit'],
  },
  {
    name: 'one of the staff has it and is removed: the next at once',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'ida hands on to @siv'],
      ['1m', '@siv yes'],
      ['2m', 'staff tor'],
    ],
    until: '3m',
    told: ['0:00 anne', '1:00 @siv', '1:00 anne taken', '1:00 @siv receipt', '2:00 berit'],
    end: ['fall new'],
  },
  {
    name: 'one of the staff is asked and removed: the contacts at once',
    policies: NIGHT_ONLY.replace('every: 1m', 'every: 60m'),
    staff: 'siv tor',
    acts: [
      ['0s', 'fall'],
      ['1m', 'staff tor'],
    ],
    until: '2m',
    told: ['0:00 @siv', '1:00 anne'],
  },
  {
    name: 'it was handed on to somebody who is removed: whoever has it keeps it',
    ...SIV,
    acts: [
      ['0s', 'fall'],
      ['1m', 'anne yes'],
      ['2m', 'ida hands on to @siv'],
      ['3m', 'staff tor'],
    ],
    until: '4m',
    told: ['0:00 anne', '1:00 anne receipt', '2:00 @siv'],
    end: ['fall taken by contact:anne'],
  },
]
