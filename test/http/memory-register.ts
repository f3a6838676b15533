import { OfficeError } from '../../hub/http/office.ts'
import type { Register } from '../../hub/http/register.ts'
import type { Visits } from '../../hub/http/visits.ts'
import type { Home, HomePersonal } from '../../hub/model/home.ts'
import { serviceOf } from '../../hub/model/service-state.ts'
import type { Certificate, Visit } from '../../hub/model/visit.ts'

type Homes = ReadonlyMap<string, { readonly home: Home; readonly personal: HomePersonal }>

/** The register, to be looked at. It is changed with a real one: test/http/register-routes.test.ts. */
export function memoryRegister(homes: Homes, isOnline: (home: string, gateway: string) => boolean): Register {
  const service = (id: string) => {
    const { home } = homes.get(id) ?? notHere()
    return { home: id, timezone: home.timezone, state: serviceOf(home) }
  }
  const gateways = (id: string) =>
    (homes.get(id)?.home.gateways ?? []).map((one) => ({
      id: one.id,
      online: isOnline(id, one.id),
      credentials: true,
    }))
  return {
    find: async (text) =>
      [...homes.values()]
        .filter(({ home, personal }) => `${home.id} ${personal.label}`.includes(text))
        .map(({ home, personal: { label } }) => ({
          id: home.id,
          ...(label !== undefined && { label }),
          ...(home.area !== undefined && { area: home.area }),
          state: serviceOf(home),
          gateways: home.gateways.length,
          sensors: home.sensors.length,
          reachable: true,
        })),
    profiles: () => [],
    read(id) {
      const { home, personal } = homes.get(id) ?? notHere()
      const { label } = personal
      return {
        home: id,
        revision: '1',
        fields: { revision: '1', id, timezone: home.timezone, ...(label !== undefined && { label }) },
        service: service(id),
        residents: home.residents.map((one) => ({ id: one.id, revision: '1' })),
        contacts: [],
        rooms: [],
        sensors: home.sensors.map(({ id: sensor, profile }) => ({ id: sensor, profile, revision: '1' })),
        gateways: gateways(id),
      }
    },
    service,
    gateways,
    create: notHere,
    edit: notHere,
    replaceSensor: notHere,
    setService: notHere,
    rotateGateway: notHere,
    removeGateway: notHere,
  }
}

/** Visits as they were put in. They are made with a real hub: test/http/visit-routes.test.ts. */
export function memoryVisits(
  visits: ReadonlyMap<string, Visit>,
  certificates: readonly Certificate[],
): Visits {
  return {
    read: (home) => visits.get(home),
    start: notHere,
    ask: notHere,
    alarm: notHere,
    finish: notHere,
    certificates: (home) => certificates.filter((one) => one.home === home),
    certificate: (home, id) => certificates.find((one) => one.home === home && one.id === id),
    print: notHere,
    lastProof: () => undefined,
  }
}

function notHere(): never {
  throw new OfficeError('not-found', 'Cannot find a register here')
}

/** A visit in which the fall sensor of `exampleHome` is proven, and the alarm was answered. */
export function exampleVisit(home: string, at: number): Visit {
  return {
    id: 'v-1',
    home,
    by: 'operator:ola',
    byName: 'Ola Moen',
    startedAt: at,
    maintenanceUntil: at + 7_200_000,
    gateways: [{ id: 'gw-1', online: true, credentials: true }],
    sensors: [
      {
        sensor: 'fall-1',
        profile: 'native',
        title: { en: 'Fall sensor', nb: 'Fallsensor' },
        room: 'bathroom',
        address: 'fall-1',
        alarm: true,
        steps: [
          {
            ask: { en: 'Lie down on the floor', nb: 'Legg deg på gulvet' },
            expect: { kind: 'fall', value: 'detected' },
            askedAt: at,
            provenAt: at + 4000,
            value: 'detected',
          },
        ],
        state: 'proven',
        heardAt: at + 4000,
        signal: 78,
        battery: 12,
        warnings: [{ code: 'battery-low', en: 'The battery has 12 % left', nb: 'Batteriet har 12 % igjen' }],
      },
    ],
    alarm: {
      how: 'sensor',
      sensor: 'fall-1',
      alert: 'a9',
      startedAt: at,
      legs: [
        { leg: 'reading', at: at + 1000, seconds: 1 },
        { leg: 'alert', at: at + 1000, seconds: 0 },
        { leg: 'queued', at: at + 1000, seconds: 0 },
        { leg: 'sent', at: at + 3000, seconds: 2 },
        { leg: 'delivered' },
        { leg: 'answered', at: at + 9000, seconds: 6 },
      ],
      seconds: 8,
      answeredBy: 'contact:installer-ola',
      via: 'sms',
      state: 'answered',
    },
    missing: [{ code: 'unanswered-tests', en: 'Unanswered tests: 1', nb: 'Ubesvarte tester: 1' }],
  }
}

export function exampleCertificate(home: string, at: number): Certificate {
  return {
    format: 1,
    id: 'c-1',
    home,
    label: 'Storgata 5',
    timezone: 'Europe/Oslo',
    at,
    by: 'operator:ola',
    byName: 'Ola Moen',
    forced: { reason: 'the door is painted today', missing: exampleVisit(home, at).missing },
    visit: exampleVisit(home, at),
    due: at + 365 * 86_400_000,
    hub: { version: '0.1.0' },
    rules: { sha256: 'ab'.repeat(32) },
    sha256: 'cd'.repeat(32),
  }
}
