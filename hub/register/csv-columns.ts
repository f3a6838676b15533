/** What of a home a column is about: its own fields, or one entry of a list, which the column named `id` names. */
export type Owner = 'home' | 'gateways' | 'residents' | 'rooms' | 'sensors' | 'contacts'

export interface Column {
  readonly owner: Owner
  /** As in the import file; `keySafe.code` is inside. */
  readonly field: string
  /** The first of each language is written; the others are read too. Letters, case and signs between do not matter. */
  readonly en: readonly [string, ...string[]]
  readonly nb: readonly [string, ...string[]]
  readonly isNumber?: true
  /** Words that people write for values. */
  readonly words?: Readonly<Record<string, string>>
}

const STATES = {
  planlagt: 'planned',
  'under oppsett': 'commissioning',
  oppsett: 'commissioning',
  aktiv: 'active',
  'i drift': 'active',
  'på pause': 'paused',
  avsluttet: 'closed',
  lukket: 'closed',
}
const ROLES = {
  familie: 'family',
  nabo: 'neighbour',
  sykepleier: 'nurse',
  installatør: 'installer',
  montør: 'installer',
}
const LANGUAGES = {
  norsk: 'nb',
  bokmål: 'nb',
  nynorsk: 'nn',
  samisk: 'se',
  engelsk: 'en',
  norwegian: 'nb',
  english: 'en',
}

/** Every column of a spreadsheet of homes, in the order in which it is written. */
export const COLUMNS: readonly Column[] = [
  { owner: 'home', field: 'id', en: ['Home', 'Home id'], nb: ['Hjem', 'Hjem-id'] },
  { owner: 'home', field: 'label', en: ['Label', 'Home name'], nb: ['Navn på hjemmet', 'Betegnelse'] },
  { owner: 'home', field: 'state', en: ['State'], nb: ['Tilstand', 'Status'], words: STATES },
  { owner: 'home', field: 'timezone', en: ['Time zone'], nb: ['Tidssone'] },
  { owner: 'home', field: 'area', en: ['Area'], nb: ['Område'] },
  { owner: 'home', field: 'risk', en: ['Risk'], nb: ['Risiko'], isNumber: true },
  { owner: 'home', field: 'tags', en: ['Tags'], nb: ['Merker', 'Etiketter'] },
  { owner: 'home', field: 'address', en: ['Address', 'Street address'], nb: ['Adresse', 'Gateadresse'] },
  { owner: 'home', field: 'keySafe.code', en: ['Key safe code'], nb: ['Nøkkelbokskode', 'Kode nøkkelboks'] },
  {
    owner: 'home',
    field: 'keySafe.where',
    en: ['Key safe place'],
    nb: ['Nøkkelboks sted', 'Plass nøkkelboks'],
  },
  { owner: 'home', field: 'access', en: ['Access'], nb: ['Adkomst', 'Tilkomst'] },
  { owner: 'gateways', field: 'id', en: ['Gateway'], nb: ['Gateway', 'Sentral'] },
  { owner: 'residents', field: 'id', en: ['Resident'], nb: ['Beboer'] },
  { owner: 'residents', field: 'name', en: ['Resident name'], nb: ['Beboers navn', 'Beboernavn'] },
  {
    owner: 'residents',
    field: 'language',
    en: ['Resident language'],
    nb: ['Beboers språk'],
    words: LANGUAGES,
  },
  { owner: 'residents', field: 'spo2Scale', en: ['SpO2 scale'], nb: ['SpO2-skala'], isNumber: true },
  { owner: 'sensors', field: 'id', en: ['Sensor'], nb: ['Sensor'] },
  { owner: 'sensors', field: 'profile', en: ['Profile', 'Sensor type'], nb: ['Profil', 'Sensortype'] },
  {
    owner: 'sensors',
    field: 'address',
    en: ['Sensor address', 'Device code'],
    nb: ['Sensoradresse', 'Enhetskode'],
  },
  { owner: 'rooms', field: 'id', en: ['Room'], nb: ['Rom'] },
  { owner: 'rooms', field: 'name', en: ['Room name'], nb: ['Rommets navn', 'Romnavn'] },
  { owner: 'sensors', field: 'role', en: ['Role', 'Sensor role'], nb: ['Rolle', 'Sensorens rolle'] },
  { owner: 'contacts', field: 'id', en: ['Contact'], nb: ['Kontakt'] },
  { owner: 'contacts', field: 'name', en: ['Contact name'], nb: ['Kontaktens navn', 'Kontaktnavn'] },
  { owner: 'contacts', field: 'phone', en: ['Phone', 'Mobile'], nb: ['Telefon', 'Mobil', 'Tlf'] },
  { owner: 'contacts', field: 'email', en: ['E-mail'], nb: ['E-post', 'Epostadresse'] },
  {
    owner: 'contacts',
    field: 'language',
    en: ['Contact language'],
    nb: ['Kontaktens språk'],
    words: LANGUAGES,
  },
  { owner: 'contacts', field: 'alias', en: ['Calls the resident'], nb: ['Kaller beboeren'] },
  { owner: 'contacts', field: 'order', en: ['Order'], nb: ['Rekkefølge'], isNumber: true },
  { owner: 'contacts', field: 'role', en: ['Contact role'], nb: ['Kontaktens rolle'], words: ROLES },
]

const BY_NAME = new Map(
  COLUMNS.flatMap((column) => [...column.en, ...column.nb].map((name) => [plain(name), column] as const)),
)

export function columnOf(header: string): Column | undefined {
  return BY_NAME.get(plain(header))
}

/** What may be meant by a column that is not known. */
export function columnNames(): string[] {
  return COLUMNS.flatMap(({ en, nb }) => [en[0], nb[0]])
}

/** `Nøkkel-boks  sted` and `nøkkelboks sted` are one. */
function plain(name: string): string {
  return name.toLocaleLowerCase('nb').replace(/[\s_.:-]/g, '')
}

/**
 * What a spreadsheet would run as a formula, also behind a tab or a line break and in full-width signs (OWASP, CSV injection),
 * or take the plus sign or the zero in front from.
 */
const CHANGED_BY_EXCEL = /^['\s]*(?:[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|0\d)/

/** Such a value begins with an apostrophe. */
export function guarded(value: string): string {
  return CHANGED_BY_EXCEL.test(value) ? `'${value}` : value
}

export function unguarded(cell: string): string {
  // Excel's own way to keep a number as it is: ="0417"
  const [, quoted] = /^="(.*)"$/s.exec(cell) ?? []
  if (quoted !== undefined) return quoted.replaceAll('""', '"')
  return cell.startsWith("'") && CHANGED_BY_EXCEL.test(cell) ? cell.slice(1) : cell
}
