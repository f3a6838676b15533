import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { authorityFile } from '../certificates/authority.ts'
import type { Config } from '../config.ts'
import { BOX_FOLDERS } from '../gateway-config/box.ts'
import type { Box } from '../gateway-config/box.ts'
import { boxReadme } from '../gateway-config/box-readme.ts'
import { mosquittoCheck } from '../gateway-config/mosquitto-check.ts'
import { mosquittoConf } from '../gateway-config/mosquitto-conf.ts'
import { zigbee2mqttConf } from '../gateway-config/zigbee2mqtt-conf.ts'
import { CommandError } from './command-error.ts'

export const BOX_PARTS = ['zigbee2mqtt', 'mosquitto', 'all'] as const
export type BoxPart = (typeof BOX_PARTS)[number]

export interface BoxOrder {
  readonly config: Config
  readonly home: string
  readonly gateway: string
  readonly part: BoxPart
  /** As the box reaches the hub; the host of `http.url` when not given. */
  readonly host?: string
  readonly port?: number
  readonly password?: string
  /** PEM */
  readonly certificate?: { readonly certificate: string; readonly key?: string }
  /** It has a certificate already, whose files are on the box. */
  readonly hasCertificate?: boolean
}

/**
 * The files of a box, by name.
 * @throws CommandError when it cannot be known where the hub is, or by what
 */
export async function boxFiles(order: BoxOrder): Promise<Readonly<Record<string, string>>> {
  const { config, home, gateway, part, password, certificate, hasCertificate } = order
  const { host = hostOf(config), port = config.mqtt.tls?.port ?? config.mqtt.port } = order
  const authority = await authorityOf(config)
  const box: Box = {
    home,
    gateway,
    hub: { host, port },
    trust: !config.mqtt.tls ? 'plain' : authority === undefined ? 'system' : 'ca-file',
    proof:
      certificate || hasCertificate
        ? { by: 'certificate' }
        : { by: 'password', ...(password !== undefined && { password }) },
    largestPacket: config.mqtt.maxPacket,
  }
  const parts = { mosquitto: part !== 'zigbee2mqtt', zigbee2mqtt: part !== 'mosquitto' }
  return {
    'README.md': boxReadme({ box, folders: BOX_FOLDERS, parts }),
    ...(parts.mosquitto && {
      'mosquitto.conf': mosquittoConf({ box, folders: BOX_FOLDERS }),
      ...mosquittoCheck(),
      ...(authority !== undefined && { 'ca.pem': authority }),
      ...(certificate && { 'cert.pem': certificate.certificate }),
      ...(certificate?.key !== undefined && { 'key.pem': certificate.key }),
    }),
    ...(parts.zigbee2mqtt && { 'configuration.yaml': zigbee2mqttConf({ home, gateway }) }),
  }
}

function hostOf({ http }: Config): string {
  const host = http.url === undefined ? undefined : URL.parse(http.url)?.hostname
  if (host !== undefined) return host
  throw new CommandError(
    'Cannot know where the box reaches the hub: say it with --host hub.example.org, or http.url in hub.yaml.',
    2,
  )
}

/** What the box has to know the hub by; undefined where every system knows it, or there is no TLS. */
async function authorityOf({ mqtt, data }: Config): Promise<string | undefined> {
  if (!mqtt.tls) return undefined
  if (mqtt.tls.ca !== undefined) return await readFile(mqtt.tls.ca, 'utf8')
  const own = await readFile(authorityFile(join(data, 'certificates')), 'utf8').catch(() => undefined)
  if (own === undefined) return undefined
  const server = new X509Certificate(await readFile(mqtt.tls.cert, 'utf8'))
  return server.verify(new X509Certificate(own).publicKey) ? own : undefined
}
