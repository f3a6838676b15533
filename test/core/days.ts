/**
 * Nights and days of a home as data. A step is a time of the evening before (`-21:00`) or of the day (`02:10`), by the
 * clock of Oslo, and what happens. Families get their message at 08:00 unless `at` says another time.
 */
export interface DayCase {
  readonly name: string
  readonly steps: readonly string[]
  readonly at?: string
  readonly is: string
  readonly nb: string
  readonly en: string
}

/** A day like others: the last seen in the evening, up at night once, up in the morning. */
const ORDINARY = ['-21:40 motion', '03:05 motion', '07:20 motion']

export const DAYS: readonly DayCase[] = [
  {
    name: 'a quiet night',
    steps: ORDINARY,
    is: 'well',
    nb: 'God morgen. Alt rolig hos Mor i natt, sensorene virker.',
    en: "Good morning. All quiet at Mum's last night, the sensors work.",
  },
  {
    name: 'a quiet day, told in the evening',
    steps: ['09:00 motion', '13:00 motion', '17:30 motion'],
    at: '20:00',
    is: 'well',
    nb: 'God kveld. Alt rolig hos Mor i dag, sensorene virker.',
    en: "Good evening. All quiet at Mum's today, the sensors work.",
  },
  {
    name: 'a router that starts anew',
    steps: ['-21:40 motion', '03:00 offline', '03:04 online', '07:20 motion'],
    is: 'well',
    nb: 'God morgen. Alt rolig hos Mor i natt, sensorene virker.',
    en: "Good morning. All quiet at Mum's last night, the sensors work.",
  },
  {
    name: 'nobody seen since the evening',
    steps: ['-21:40 motion'],
    is: 'not-seen',
    nb: 'God morgen. Sensorene hos Mor virker, men har ikke sett aktivitet siden i går kveld. Ring gjerne og hør hvordan det går.',
    en: "Good morning. The sensors at Mum's work, but have seen no activity since yesterday evening. You may want to call.",
  },
  {
    name: 'nobody ever seen',
    steps: [],
    is: 'not-seen',
    nb: 'God morgen. Sensorene hos Mor virker, men har ikke sett aktivitet ennå. Ring gjerne og hør hvordan det går.',
    en: "Good morning. The sensors at Mum's work, but have seen no activity yet. You may want to call.",
  },
  {
    name: 'out of reach for three hours',
    steps: ['-21:40 motion', '02:10 offline', '05:20 online', '07:20 motion'],
    is: 'unknown',
    nb: 'God morgen. Vi hadde ikke kontakt med sensorene hos Mor fra 02:10 til 05:20 og vet ikke hva som skjedde da. Aktivitet er sett siden.',
    en: "Good morning. We had no contact with the sensors at Mum's from 02:10 to 05:20 and do not know what happened then. Activity was seen after that.",
  },
  {
    name: 'out of reach now and then',
    steps: [
      '-21:40 motion',
      '02:00 offline',
      '02:10 online',
      '04:00 offline',
      '04:10 online',
      '04:30 motion',
    ],
    is: 'unknown',
    nb: 'God morgen. Vi hadde ikke kontakt med sensorene hos Mor hele tiden fra 02:00 til 04:10 og vet ikke hva som skjedde da. Aktivitet er sett siden.',
    en: "Good morning. We had no steady contact with the sensors at Mum's from 02:00 to 04:10 and do not know what happened then. Activity was seen after that.",
  },
  {
    name: 'out of reach now, and it stands on the board',
    steps: ['-21:40 motion', '02:10 offline'],
    is: 'unknown',
    nb: 'God morgen. Vi har ikke hatt kontakt med sensorene hos Mor siden 02:10 og vet derfor ikke. Feilen er meldt. Ring gjerne og hør hvordan det går.',
    en: "Good morning. We have had no contact with the sensors at Mum's since 02:10, so we do not know. It has been reported. You may want to call.",
  },
  {
    name: 'out of reach now, and somebody looks at it',
    steps: ['-21:40 motion', '02:10 offline', '06:00 take gone'],
    is: 'unknown',
    nb: 'God morgen. Vi har ikke hatt kontakt med sensorene hos Mor siden 02:10 og vet derfor ikke. Vi ser på det.',
    en: "Good morning. We have had no contact with the sensors at Mum's since 02:10, so we do not know. We are looking at it.",
  },
  {
    name: 'out of reach since an hour ago, seen before',
    steps: [...ORDINARY, '07:40 offline'],
    is: 'unknown',
    nb: 'God morgen. Vi har ikke hatt kontakt med sensorene hos Mor siden 07:40 og vet derfor ikke. Feilen er meldt. Ring gjerne og hør hvordan det går.',
    en: "Good morning. We have had no contact with the sensors at Mum's since 07:40, so we do not know. It has been reported. You may want to call.",
  },
  {
    name: 'one sensor of many silent',
    steps: ['-20:00 dead lamp', ...ORDINARY],
    is: 'well',
    nb: 'God morgen. Alt rolig hos Mor i natt. Ikke alle sensorene svarer. Feilen er meldt.',
    en: "Good morning. All quiet at Mum's last night. Not all sensors answer. It has been reported.",
  },
  {
    name: 'the button silent',
    steps: ['-20:00 dead button', ...ORDINARY],
    is: 'partly',
    nb: 'God morgen. Det er sett aktivitet hos Mor i løpet av den siste timen, men noe av alarmutstyret svarer ikke. Feilen er meldt.',
    en: "Good morning. There was activity at Mum's within the last hour, but some of the alarm equipment does not answer. It has been reported.",
  },
  {
    name: 'the button silent for a while',
    steps: ['-22:00 dead button', '03:05 motion', '06:00 alive button', '06:20 motion'],
    is: 'partly',
    nb: 'God morgen. Det er sett aktivitet hos Mor i morges. Noe av alarmutstyret svarte ikke i natt, nå gjør det det.',
    en: "Good morning. There was activity at Mum's this morning. Some of the alarm equipment did not answer last night; now it does.",
  },
  {
    name: 'no sensor left that could see anybody',
    steps: ['-21:40 motion', '02:10 dead hall', '02:10 dead bath'],
    is: 'unknown',
    nb: 'God morgen. Vi har ikke hatt kontakt med sensorene hos Mor siden 02:10 og vet derfor ikke. Feilen er meldt. Ring gjerne og hør hvordan det går.',
    en: "Good morning. We have had no contact with the sensors at Mum's since 02:10, so we do not know. It has been reported. You may want to call.",
  },
  {
    name: 'the hub away at night',
    steps: ['-21:40 motion', '02:10 hub away until 04:40', '07:20 motion'],
    is: 'unknown',
    nb: 'God morgen. Vi hadde ikke kontakt med sensorene hos Mor fra 02:10 til 04:40 og vet ikke hva som skjedde da. Aktivitet er sett siden.',
    en: "Good morning. We had no contact with the sensors at Mum's from 02:10 to 04:40 and do not know what happened then. Activity was seen after that.",
  },
  {
    name: 'somebody works on the equipment',
    steps: [...ORDINARY, '07:30 maintenance on'],
    is: 'maintenance',
    nb: 'God morgen. Noen arbeider på utstyret hos Mor, så nå vet vi ikke hvordan det går.',
    en: "Good morning. Somebody is working on the equipment at Mum's, so we do not know how things are now.",
  },
  {
    name: 'an installer who walked through the home is no sign of life',
    steps: ['-21:40 motion', '06:00 maintenance on', '06:30 motion', '07:00 maintenance off'],
    is: 'not-seen',
    nb: 'God morgen. Sensorene hos Mor virker, men har ikke sett aktivitet siden i går kveld. Ring gjerne og hør hvordan det går.',
    en: "Good morning. The sensors at Mum's work, but have seen no activity since yesterday evening. You may want to call.",
  },
  {
    name: 'an alert that nobody has taken',
    steps: [...ORDINARY, '07:30 fall'],
    is: 'open',
    nb: 'God morgen. Det er et varsel hos Mor nå. Ingen har tatt det ennå. Ring gjerne og hør hvordan det går.',
    en: "Good morning. There is an alert at Mum's now. Nobody has taken it yet. You may want to call.",
  },
  {
    name: 'an alert that the daughter has taken, while the home is out of reach',
    steps: [...ORDINARY, '07:30 fall', '07:32 offline', '07:35 take fall as contact:anne'],
    is: 'open',
    nb: 'God morgen. Det er et varsel hos Mor nå. Du tar deg av det.',
    en: "Good morning. There is an alert at Mum's now. Anne takes care of it.",
  },
  {
    name: 'an alert that the care centre goes to',
    steps: [...ORDINARY, '07:30 fall', '07:35 take fall as operator:siv', '07:40 go fall as operator:siv'],
    is: 'open',
    nb: 'God morgen. Det er et varsel hos Mor nå. Vaktsentralen er på vei.',
    en: "Good morning. There is an alert at Mum's now. The care centre is on the way.",
  },
  {
    name: 'something for the board only',
    steps: [...ORDINARY, '07:30 note'],
    is: 'open',
    nb: 'God morgen. Vaktsentralen skal se på noe hos Mor. Ingen har tatt det ennå. Ring gjerne og hør hvordan det går.',
    en: "Good morning. The care centre is to look at something at Mum's. Nobody has taken it yet. You may want to call.",
  },
  {
    name: 'an alert that is over',
    steps: ['-21:40 motion', '03:10 fall', '03:40 close fall real', '07:20 motion'],
    is: 'had-alert',
    nb: 'God morgen. Det var et varsel hos Mor; det ble avsluttet 03:40. Nå er det rolig. Sensorene virker.',
    en: "Good morning. There was an alert at Mum's; it ended 03:40. All is quiet now. The sensors work.",
  },
  {
    name: 'a test of the button',
    steps: ['-21:40 motion', '03:10 fall', '03:40 close fall test', '07:20 motion'],
    is: 'well',
    nb: 'God morgen. Alt rolig hos Mor i natt, sensorene virker.',
    en: "Good morning. All quiet at Mum's last night, the sensors work.",
  },
  {
    name: 'nobody at home',
    steps: [...ORDINARY, '07:30 away on'],
    is: 'away',
    nb: 'God morgen. Det er meldt at ingen er hjemme hos Mor. Da ser vi ikke etter aktivitet.',
    en: "Good morning. We were told that nobody is at home at Mum's. So we do not look for activity.",
  },
  {
    name: 'home again at night, and not seen since',
    steps: ['-15:00 away on', '-22:00 motion', '-23:00 away off'],
    is: 'not-seen',
    nb: 'God morgen. Sensorene hos Mor virker, men har ikke sett aktivitet ennå. Ring gjerne og hør hvordan det går.',
    en: "Good morning. The sensors at Mum's work, but have seen no activity yet. You may want to call.",
  },
  {
    name: 'the first night',
    steps: ['-23:10 registered', '03:05 motion', '07:20 motion'],
    is: 'unknown',
    nb: 'God morgen. Vi har fulgt med hos Mor bare siden 21.11 23:10. I morgen vet vi mer.',
    en: "Good morning. We have watched at Mum's only since 21 Nov 23:10. Tomorrow we will know more.",
  },
  {
    name: 'a home in which no sensor shows that somebody is up',
    steps: ['-20:00 only button'],
    is: 'unknown',
    nb: 'God morgen. Sensorene hos Mor kan ikke vise aktivitet, så vi vet ikke hvordan det går.',
    en: "Good morning. The sensors at Mum's cannot show activity, so we do not know how things are.",
  },
]
