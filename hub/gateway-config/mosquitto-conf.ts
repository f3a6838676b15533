import { PASSWORD_PLACE } from './box.ts'
import type { Box, BoxFolders } from './box.ts'

/** What may wait for the link, bytes: at two readings a second, about two days. A box with 1 GB of memory has room for it. */
const QUEUE = 128 * 1024 * 1024
/** How much is lost when the power goes while the link is down, seconds; more often wears out a memory card. */
const SAVE_EVERY = 30

export interface MosquittoConf {
  readonly box: Box
  readonly folders: BoxFolders
  /** Of the broker in the home, on loopback. */
  readonly port?: number
  readonly saveEvery?: number
}

/** The whole mosquitto.conf (2.0 or newer) of a box: it takes readings, keeps them on disk, and passes them to the hub. */
export function mosquittoConf({ box, folders, port = 1883, saveEvery = SAVE_EVERY }: MosquittoConf): string {
  const { home, gateway, hub, trust, proof, largestPacket } = box
  const lines = [
    `# Mosquitto of gateway ${gateway} in home ${home}: the whole of /etc/mosquitto/mosquitto.conf. By "aal gateway config".`,
    '',
    '# Who may publish here: what runs on this box. Sensors that come over the network need a listener of their own,',
    '# with passwords (mosquitto_passwd) and TLS.',
    'per_listener_settings false',
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    '',
    '# What the hub has not taken waits here, and is saved to disk: at the end, and every so many seconds. A power cut of',
    '# the box while there is no link loses at most what came after the last save.',
    'persistence true',
    `persistence_location ${folders.store}`,
    `autosave_interval ${saveEvery}`,
    '# By bytes, not by number: 0 is "no limit". When it is full, the newest are dropped, not the oldest.',
    'max_queued_messages 0',
    `max_queued_bytes ${QUEUE}`,
    'max_inflight_messages 20',
    'log_type error',
    'log_type warning',
    'log_type notice',
    '',
    `connection aal-${gateway}`,
    `address ${hub.host}:${hub.port}`,
    '# QoS 1: kept until the hub has it on disk. What is published here at QoS 0 stays so, and the hub says so.',
    `topic homes/${home}/# out 1`,
    `remote_clientid ${gateway}-bridge`,
    `local_clientid aal-${gateway}`,
    ...(proof.by === 'password'
      ? [`remote_username ${gateway}`, `remote_password ${proof.password ?? PASSWORD_PLACE}`]
      : []),
    ...(trust === 'ca-file' ? [`bridge_cafile ${join(folders.files, 'ca.pem')}`] : []),
    ...(trust === 'system' ? ['bridge_capath /etc/ssl/certs'] : []),
    ...(proof.by === 'certificate'
      ? [
          `bridge_certfile ${join(folders.files, 'cert.pem')}`,
          `bridge_keyfile ${join(folders.files, 'key.pem')}`,
        ]
      : []),
    '# The queue outlives a lost link and a restart.',
    'cleansession false',
    'start_type automatic',
    '# The hub is no Mosquitto, knows by itself who is connected, and takes no larger packets.',
    'try_private false',
    'notifications false',
    'bridge_attempt_unsubscribe false',
    'bridge_protocol_version mqttv311',
    `bridge_max_packet_size ${largestPacket}`,
    '# A link that is gone is noticed after 45 s, and tried again after 5 s, then less often, up to 30 s.',
    'keepalive_interval 30',
    'restart_timeout 5 30',
  ]
  return `${lines.join('\n')}\n`
}

function join(folder: string, file: string): string {
  return `${folder.replace(/\/$/, '')}/${file}`
}
