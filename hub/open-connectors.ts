import type { Config } from './config.ts'
import { createConnectorHomes } from './broker/connector-homes.ts'
import { createConnector } from './broker/connector.ts'
import type { ConnectorCount, ConnectorParts } from './broker/connector.ts'
import type { Core } from './core/core.ts'
import type { ConnectorFacts } from './model/system.ts'
import { readOptionalSecret, readText } from './settings/channel-secrets.ts'
import type { ConnectorSettings } from './settings/connector-settings.ts'

export interface OpenConnectorsParts extends Omit<ConnectorParts, 'core' | 'homes' | 'count'> {
  readonly core: Core
  readonly count: (connector: string, what: ConnectorCount) => void
}

export interface OpenConnectors {
  facts(): readonly ConnectorFacts[]
  start(): void
  stop(): Promise<void>
}

/**
 * Makes the connectors of a configuration; nothing is connected before `start`.
 * @throws Error with its remedy when a password, certificate or key cannot be read
 */
export async function openConnectors(
  { connectors }: Pick<Config, 'connectors'>,
  parts: OpenConnectorsParts,
): Promise<OpenConnectors> {
  const homes = createConnectorHomes(parts.core)
  const made = await Promise.all(
    connectors.map(async (settings) =>
      createConnector(await optionsOf(settings), {
        ...parts,
        homes,
        count: (what) => parts.count(settings.id, what),
      }),
    ),
  )
  return {
    facts: () => made.map((one) => one.facts()),
    start() {
      for (const one of made) one.start()
    },
    async stop() {
      homes.stop()
      await Promise.all(made.map((one) => one.stop()))
    },
  }
}

async function optionsOf(settings: ConnectorSettings): Promise<Parameters<typeof createConnector>[0]> {
  const {
    id,
    url,
    username,
    clientId = `aal-${id}`,
    protocol,
    keepalive,
    session,
    inFlight,
    subscriptions,
  } = settings
  const files: { ca?: string; cert?: string; key?: string } = {}
  for (const name of ['ca', 'cert', 'key'] as const) {
    const file = settings[name]
    if (file !== undefined) files[name] = await readText(id, name, file, 'connector')
  }
  const password = await readOptionalSecret(id, 'password', settings, 'connector')
  return {
    id,
    url,
    clientId,
    protocol: protocol === '3.1.1' ? 4 : 5,
    keepalive,
    session,
    inFlight,
    subscriptions,
    ...files,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  }
}
