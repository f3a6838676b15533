import type { Same } from '../same.ts'
import type { homes as en } from '../en/homes.ts'

export const homes: Same<typeof en> = {
  title: 'Hjem',
  find: 'Finn et hjem',
  home: 'Hjem',
  area: 'Område',
  state: 'Tilstand',
  sensors: 'Sensorer',
  connected: 'Tilkoblet',
  notConnected: 'Ikke tilkoblet',
  openAlerts_one: '1 åpent varsel',
  openAlerts_other: '{{count, n}} åpne varsler',
  held_one: '1 regel på pause',
  held_other: '{{count, n}} regler på pause',
  allConnected_one: '1 hjem, tilkoblet.',
  allConnected_other: '{{count, n}} hjem, alle tilkoblet.',
  someNot: '{{all, n}} hjem, {{count, n}} ikke tilkoblet: huben kan ikke vite hvordan det står til der.',
  more: '… og {{count, n}} til: finn dem ved navn.',
  none: 'Ingen hjem er registrert ennå.',
  noneHow: 'Importer en fil med hjem for å begynne:',
  noMatch: 'Ingen hjem passer til «{{text}}».',
}
