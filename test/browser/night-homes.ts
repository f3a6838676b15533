import { createGateway } from '../../devices/simulator/gateway.ts'
import { planHomes, writeImportFile } from '../../devices/simulator/home-plan.ts'
import type { IncidentName } from '../../devices/simulator/incident.ts'
import { createLiveHome } from '../../devices/simulator/live-home.ts'
import type { LiveHome } from '../../devices/simulator/live-home.ts'
import type { HubProcess } from '../helpers/hub-process.ts'

/** What the homes do follows this clock, not the machine's: a night in November. */
const NIGHT = Date.UTC(2026, 10, 21, 1, 0)
export const HOMES = planHomes(200, 'sim')

/** What happens, each in a home of its own. */
export const INCIDENTS: readonly IncidentName[] = Array.from({ length: 30 }, (_, index) => {
  const names = ['fall', 'battery-low', 'sos', 'low-spo2', 'fall'] as const
  return names[index % names.length] ?? 'fall'
})
/** Somebody in the first of them can show each of it. In these a minute is a minute: nothing is over by itself. */
const AFFECTED = 60

export interface Night {
  /**
   * Lets the next ones happen.
   * @returns what the homes are called
   */
  raise(count: number): string[]
  /** What goes on in this home is over. */
  clear(label: string): void
}

/** Two hundred homes, registered and lived in over MQTT. */
export async function startNight(hub: HubProcess, stack: AsyncDisposableStack): Promise<Night> {
  await hub.api('POST', '/api/homes', { file: 'homes.yaml', text: writeImportFile(HOMES) })
  const began = Date.now()
  const wall = (): number => NIGHT + Date.now() - began
  const lived = await Promise.all(
    HOMES.map(async (home, index) => {
      const { username, password } = await hub.api<{ username: string; password: string }>(
        'POST',
        `/api/homes/${home.id}/gateways`,
        { id: home.gateway },
      )
      const gateway = createGateway({
        url: `mqtt://127.0.0.1:${hub.mqttPort}`,
        home: home.id,
        username,
        password,
        steady: () => performance.now(),
        onAcknowledged: () => {},
        // The hub is killed: they come back by themselves.
        onTrouble: () => {},
      })
      await gateway.start()
      stack.defer(() => gateway.stop())
      const live = createLiveHome({ home, gateway, wall, speed: index < AFFECTED ? 1 : 60 })
      stack.defer(() => live.stop())
      return live
    }),
  )
  for (const live of lived) live.start()

  const free = lived.slice(0, AFFECTED)
  const waiting = [...INCIDENTS]
  const labelOf = ({ home }: LiveHome): string => home.entry.label
  return {
    raise: (count) =>
      waiting.splice(0, count).map((name) => {
        for (;;) {
          const live = free.shift()
          if (!live) throw new Error(`Cannot let ${name} happen: no home is left that could show it`)
          if (live.incident(name)) return labelOf(live)
        }
      }),
    clear: (label) => lived.find((one) => labelOf(one) === label)?.endIncidents(),
  }
}
