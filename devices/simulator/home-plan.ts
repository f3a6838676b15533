import { stringify } from 'yaml'
import { createHousehold } from './household.ts'
import type { Household } from './household.ts'
import { createRandom } from './random.ts'
import type { Profile } from '../../hub/decode/profile.ts'
import { profileIdOf } from './sensor-model.ts'
import type { SimulatedSensor } from './sensor-model.ts'

const TIMEZONE = 'Europe/Oslo'

/** A simulated home: how it is lived in, and how it is registered. */
export interface SimulatedHome {
  readonly id: string
  readonly gateway: string
  readonly household: Household
  /** An entry of an import file, with invented people. */
  readonly entry: HomeEntry
}

/** The import file, as `aal import` takes it. */
export interface HomeEntry {
  readonly id: string
  readonly timezone: string
  readonly label: string
  readonly area: string
  readonly risk: number
  readonly gateways: readonly { readonly id: string }[]
  readonly residents: readonly { readonly id: string; readonly name: string; readonly language: string }[]
  readonly sensors: readonly {
    readonly id: string
    readonly profile: string
    readonly address?: string
    readonly room?: string
    readonly role?: string
    readonly resident?: string
  }[]
  readonly contacts: readonly {
    readonly id: string
    readonly name: string
    readonly phone: string
    readonly language: string
    readonly alias: string
    readonly order: number
  }[]
}

/** Invented: resident, street, place, and who looks after them, what these call them, and in which language. */
const PEOPLE = [
  ['Solveig Fjellheim', 'Kirkebakken 4', 'Alta', 'daughter Anne Mum en', 'son Per Mor'],
  ['Odd Nygård', 'Havnegata 11', 'Hammerfest', 'daughter Silje Pappa', 'neighbour Terje Odd'],
  ['Inger Johanne Moen', 'Strandveien 27', 'Vadsø', 'son Lars Mor', 'granddaughter Ida Bestemor'],
  ['Arvid Storvik', 'Fjordveien 8', 'Honningsvåg', 'son Geir Far', 'daughter Hilde Far'],
  ['Ragnhild Aslaksen', 'Elvebakken 15', 'Karasjok', 'daughter Marit Mor', 'nephew Jon Tante'],
  ['Torleif Brekke', 'Bjørkeveien 2', 'Lakselv', 'niece Kristin Onkel', 'son Eirik Far'],
  ['Aud Hansen', 'Skoleveien 19', 'Kirkenes', 'son Morten Mamma', 'daughter Bente Mamma'],
  ['Edvin Larsen', 'Nordre gate 6', 'Båtsfjord', 'daughter Gro Far', 'neighbour Else Edvin'],
  ['Gudrun Pedersen', 'Tverrveien 3', 'Kautokeino', 'daughter Ellen Mor', 'son Nils Mor'],
  ['Harald Myhre', 'Lyngveien 31', 'Tana', 'son Stian Far', 'daughter Tone Far'],
  ['Borghild Sørensen', 'Kaiveien 9', 'Vardø', 'grandson Jonas Bestemor', 'daughter Wenche Mor'],
  ['Kåre Evensen', 'Rabben 14', 'Skjervøy', 'daughter Liv Pappa', 'son Ole Pappa'],
] as const

export interface LifeOptions {
  /** Another one: the same homes, lived in in another way. */
  readonly seed?: string
  readonly areBatteriesNeglected?: boolean
}

/**
 * Makes up homes: the same index gives the same home.
 * @param prefix `sim` gives `sim-0001`, `sim-0002`, …
 * @param others each home also has a sensor of each of these
 */
export function planHomes(
  count: number,
  prefix: string,
  others: readonly Profile[] = [],
  life: LifeOptions = {},
): SimulatedHome[] {
  return Array.from({ length: count }, (_, index) => planHome(index, prefix, others, life))
}

function planHome(
  index: number,
  prefix: string,
  others: readonly Profile[],
  { seed, ...neglect }: LifeOptions,
): SimulatedHome {
  const number = String(index + 1).padStart(4, '0')
  const id = `${prefix}-${number}`
  const gateway = `gw-${prefix}-${number}`
  const sensors = [
    ...sensorsOf(index),
    ...others.map((profile): SimulatedSensor => ({ id: `other-${profile.id}`, model: 'other', profile })),
  ]
  const [name, street, area, ...family] = PEOPLE[index % PEOPLE.length] ?? PEOPLE[0]
  const round = Math.floor(index / PEOPLE.length)
  const entry: HomeEntry = {
    id,
    timezone: TIMEZONE,
    label: round === 0 ? street : `${street}, bolig ${round + 1}`,
    area,
    risk: 1 + (index % 3),
    gateways: [{ id: gateway }],
    residents: [{ id: 'r1', name, language: 'nb' }],
    sensors: sensors.map((sensor) => ({
      id: sensor.id,
      profile: profileIdOf(sensor),
      ...(profileIdOf(sensor) !== 'native' && { address: sensor.id }),
      ...(sensor.room !== undefined && { room: sensor.room }),
      ...(sensor.role !== undefined && { role: sensor.role }),
      ...(sensor.isPersonal && { resident: 'r1' }),
    })),
    contacts: family.map((person, order) => {
      const [relation = '', first = '', alias = '', language = 'nb'] = person.split(' ')
      return {
        id: relation,
        name: first,
        phone: phoneOf(index, order),
        language,
        alias,
        order: order + 1,
      }
    }),
  }
  const ownSeed = seed === undefined ? id : `${seed}|${id}`
  return { id, gateway, household: createHousehold(ownSeed, sensors, TIMEZONE, neglect), entry }
}

/** No Norwegian number begins with 0: a message to one of these can never reach anybody. */
function phoneOf(index: number, order: number): string {
  return `+470${String(index * 10 + order + 1).padStart(7, '0')}`
}

function sensorsOf(index: number): SimulatedSensor[] {
  const random = createRandom(`sensors of home ${index}`)
  const sensors: SimulatedSensor[] = [
    { id: 'hall-motion', model: 'motion', room: 'hall' },
    { id: 'kitchen-motion', model: 'motion', room: 'kitchen' },
    { id: 'bathroom-motion', model: 'motion', room: 'bathroom' },
    { id: 'living-room-motion', model: 'motion', room: 'living-room' },
    { id: 'front-door', model: 'contact', room: 'hall', role: 'entrance' },
    { id: 'bed', model: 'bed', room: 'bedroom', isPersonal: true },
    { id: 'sos-bedroom', model: 'sos-button', room: 'bedroom', isPersonal: true },
    { id: 'pendant', model: 'pendant', isPersonal: true },
  ]
  // A radar in every second home: its owners will not wear a pendant in the bath.
  if (index % 2 === 0) sensors.push({ id: 'bathroom-radar', model: 'fall-radar', room: 'bathroom' })
  if (random.chance(0.8)) sensors.push({ id: 'fridge', model: 'contact', room: 'kitchen', role: 'fridge' })
  if (index % 3 !== 2) sensors.push({ id: 'oximeter', model: 'oximeter', isPersonal: true })
  return sensors
}

/** The text of an import file for these homes. */
export function writeImportFile(homes: readonly SimulatedHome[]): string {
  return `# Simulated homes. The people are invented, and no phone has these numbers.\n${stringify({
    homes: homes.map(({ entry }) => entry),
  })}`
}
