import { COPY_PARTS } from '../http/resident-copy.ts'

type Part = (typeof COPY_PARTS)[number]

interface Words {
  readonly title: string
  readonly intro: (whose: string) => string
  readonly notWhole: string
  readonly files: string
  readonly none: string
  readonly parts: Readonly<Record<Part, string>>
  readonly end: string
}

const WORDS: Readonly<Record<'nb' | 'en', Words>> = {
  nb: {
    title: 'Opplysninger som er lagret om deg',
    intro: (whose) =>
      `Dette er en kopi av alt systemet har lagret om deg (${whose}). Du har rett til innsyn og til å ta opplysningene med deg (personvernforordningen, artikkel 15 og 20).`,
    notWhole:
      'Du bor ikke alene. Her står det som kommer fra dine egne sensorer og varsler om deg. Det som gjelder hele hjemmet, for eksempel bevegelse i felles rom og notater om hjemmet, er ikke med.',
    files: 'Filene (tider er i UTC; filer som slutter på .ndjson har én opplysning på hver linje, i JSON):',
    none: 'ingenting lagret',
    parts: {
      register:
        'det som er registrert: navn, adresse, sensorer, grenser, og hvem som kan bli varslet, med samtykker',
      readings: 'målinger fra sensorene; kan åpnes i et regneark',
      unreadable: 'meldinger fra utstyr som ikke kunne leses',
      alerts: 'varsler om deg, med hva som ble gjort og kommentarer',
      messages: 'hvilke meldinger som ble sendt, når og til hvem',
      changes: 'når noen satte hjemmet i pause, sa at du var borte, og lignende',
      certificates: 'det som ble prøvd ved besøk av installatør',
      notes: 'notater om hjemmet',
      protection: 'hvor mange minutter hjemmet var uten beskyttelse, måned for måned',
      access: 'hvem som har sett på eller endret opplysningene, og hvorfor',
    },
    end: 'Ansatte står som staff-1, staff-2 og så videre. Navn og telefonnumre til andre er ikke med. Er noe feil, eller vil du ha noe slettet? Ta kontakt med dem du fikk dette av. Du kan klage til Datatilsynet.',
  },
  en: {
    title: 'What is kept about you',
    intro: (whose) =>
      `This is a copy of all that the system keeps about you (${whose}). You have a right to see it and to take it with you (GDPR, Articles 15 and 20).`,
    notWhole:
      'You do not live alone. Here is what comes from your own sensors, and alerts about you. What is about the whole home, such as motion in shared rooms and notes about the home, is not in it.',
    files: 'The files (times are UTC; those that end in .ndjson have one record a line, as JSON):',
    none: 'nothing is kept',
    parts: {
      register: 'what is registered: name, address, sensors, limits, and who may be told, with consents',
      readings: 'what the sensors measured; a spreadsheet opens it',
      unreadable: 'messages of equipment that could not be read',
      alerts: 'alerts about you, with what was done and comments',
      messages: 'which messages were sent, when and to whom',
      changes: 'when somebody paused the home, said that you were away, and the like',
      certificates: "what was tried at installers' visits",
      notes: 'notes about the home',
      protection: 'how many minutes the home was without protection, month by month',
      access: 'who has seen or changed what is kept, and why',
    },
    end: 'Staff stand as staff-1, staff-2 and so on. Names and phone numbers of others are left out. Is something wrong, or do you want something erased? Ask whoever gave you this. You may complain to the data protection authority.',
  },
}

/** What a resident reads first. */
export function residentReadme(
  language: 'nb' | 'en',
  { whose, isWhole, counts }: { whose: string; isWhole: boolean; counts: Readonly<Record<string, number>> },
): string {
  const words = WORDS[language]
  const lines = COPY_PARTS.map((part) => {
    const count = counts[part] ?? 0
    const file = part === 'readings' ? 'readings.csv' : `${part}.ndjson`
    return `  ${file} (${count === 0 ? words.none : count}): ${words.parts[part]}`
  })
  return [
    words.title,
    '',
    words.intro(whose),
    ...(isWhole ? [] : [words.notWhole]),
    '',
    words.files,
    ...lines,
    '',
    words.end,
    '',
  ].join('\n')
}
