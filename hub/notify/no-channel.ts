import type { Channel, ChannelKind } from './channel.ts'

/** Where a policy asks for a way that nobody has set up: the next person is told at once. */
export function createNoChannel(kind: ChannelKind): Channel {
  const error = `There is no channel for ${kind}: name one under "channels" in hub.yaml`
  return {
    name: `no ${kind}`,
    kind,
    reports: false,
    send: async () => ({ ok: false, retry: false, error }),
  }
}
