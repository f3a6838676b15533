import { createGrafanaLive } from './history/grafana-live.ts'
import type { GrafanaLive, GrafanaLiveOptions } from './history/grafana-live.ts'
import { readOptionalSecret } from './settings/channel-secrets.ts'
import type { GrafanaSettings } from './settings/grafana-settings.ts'

/**
 * Grafana Live, where the configuration asks for it.
 * @throws Error with its remedy when the file of the token cannot be read
 */
export async function openLive(
  settings: GrafanaSettings | undefined,
  parts: Pick<GrafanaLiveOptions, 'onCommit' | 'clock' | 'random' | 'log'>,
): Promise<GrafanaLive | undefined> {
  if (!settings?.live) return undefined
  const token = (await readOptionalSecret('grafana', 'token', settings, 'settings of')) ?? ''
  return createGrafanaLive({ url: settings.url, token, ...parts })
}
