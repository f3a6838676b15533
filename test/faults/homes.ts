import { z } from 'zod'
import type { HubProcess } from '../helpers/hub-process.ts'
import { writeRules } from '../helpers/hub-process.ts'
import type { Login } from '../helpers/mqtt-client.ts'

const credentials = z.object({ home: z.string(), username: z.string(), password: z.string() })

/**
 * Two rules, so that a start is quick and what is measured is the stream: each fall or call for help
 * of a sensor of its own is an alert of its own.
 */
const RULES = `rules:
  - id: fall
    title: { en: Possible fall }
    category: safety
    severity: high
    scope: sensor
    on: fall
    when: value in ["detected", "confirmed"]
    clear: manual
  - id: sos
    title: { en: Call for help }
    category: safety
    severity: high
    scope: sensor
    on: sos
    when: value == "pressed"
    clear: manual
`

/**
 * A `hub.yaml` with these rules and the local phone for messages.
 * @param files more in the folder of rules, such as policies
 */
export const hubYaml = (files: Readonly<Record<string, string>> = {}): string =>
  `rules: ${writeRules({ 'fall.yaml': RULES, ...files })}\n`

export function homesYaml(homes: number, fallSensors: number): string {
  const sensors = [
    '      - { id: meter, profile: native }',
    ...Array.from({ length: fallSensors }, (_, index) => `      - { id: fall-${index}, profile: native }`),
  ]
  const one = (index: number): string => `  - id: h-${index}
    timezone: Europe/Oslo
    contacts:
      - { id: daughter, phone: "+479000${1000 + index}", order: 1 }
      - { id: neighbour, phone: "+479100${1000 + index}", order: 2 }
    sensors:
${sensors.join('\n')}`
  return `homes:\n${Array.from({ length: homes }, (_, index) => one(index)).join('\n')}\n`
}

/** Registers the homes, again where they are, and makes new credentials for each. */
export async function register(
  hub: HubProcess,
  homes: number,
  fallSensors: number,
): Promise<(Login & { home: string })[]> {
  await hub.api('POST', '/api/homes', { file: 'homes.yaml', text: homesYaml(homes, fallSensors) })
  const logins = []
  for (let index = 0; index < homes; index++) {
    logins.push(credentials.parse(await hub.api('POST', `/api/homes/h-${index}/gateways`, {})))
  }
  return logins
}
