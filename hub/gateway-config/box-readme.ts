import { PASSWORD_PLACE } from './box.ts'
import type { Box, BoxFolders } from './box.ts'
import { MOSQUITTO_CHECK_TIMER } from './mosquitto-check.ts'

export interface Readme {
  readonly box: Box
  readonly folders: BoxFolders
  readonly parts: { readonly mosquitto: boolean; readonly zigbee2mqtt: boolean }
}

/** What to do with the files, for whoever stands in front of the box; Norwegian first, then English. */
export function boxReadme(readme: Readme): string {
  return `${norwegian(readme)}\n\n---\n\n${english(readme)}\n`
}

function norwegian({ box, folders, parts }: Readme): string {
  const needsPassword = box.proof.by === 'password' && box.proof.password === undefined
  const steps = [
    ...(parts.mosquitto
      ? [
          ...(needsPassword
            ? [`Åpne mosquitto.conf og bytt ${PASSWORD_PLACE} med passordet fra \`aal gateway add\`.`]
            : []),
          `Kopier filene til boksen og start Mosquitto (2.0 eller nyere):\n\n${copy(box, folders)}`,
          `La boksen starte en Mosquitto som henger, på nytt (2.0.11 i Debian 12 kan gjøre det når linjen brytes; ta heller en nyere):\n\n${check()}`,
          'Se at boksen er tilkoblet: `aal home show ' + box.home + '` på huben sier «online».',
        ]
      : []),
    ...(parts.zigbee2mqtt
      ? [
          'Sett inn pinnen, finn den med `ls -l /dev/serial/by-id/`, og skriv den inn i configuration.yaml (`serial.port` og `adapter`).',
          'Legg configuration.yaml i datamappen til Zigbee2MQTT (2.0 eller nyere), ofte /opt/zigbee2mqtt/data, og start den.',
        ]
      : []),
    'Utløs hver alarmsensor én gang, og se at den vises på huben uten varselet «Alarmsensor sender uten kvittering (QoS 0)».',
    'Dra ut nettverkskabelen i to minutter, utløs en sensor, sett kabelen i igjen: alarmen skal komme, med riktig tid.',
  ]
  return `# Boksen ${box.gateway} i hjem ${box.home}

${numbered(steps)}

Det som skjer mens linjen er nede, ligger på disken i boksen og sendes når linjen er tilbake, med sin egen tid. Går strømmen i
boksen *mens linjen er nede*, kan det som kom de siste 30 sekundene før strømbruddet, gå tapt. Gi boksen og ruteren en UPS.

Filene her inneholder hemmeligheter: slett dem fra PC-en når boksen virker. Er boksen stjålet: \`aal gateway revoke ${box.gateway}\`.`
}

function english({ box, folders, parts }: Readme): string {
  const needsPassword = box.proof.by === 'password' && box.proof.password === undefined
  const steps = [
    ...(parts.mosquitto
      ? [
          ...(needsPassword
            ? [`Open mosquitto.conf and replace ${PASSWORD_PLACE} by the password from \`aal gateway add\`.`]
            : []),
          `Copy the files to the box and start Mosquitto (2.0 or newer):\n\n${copy(box, folders)}`,
          `Let the box start a Mosquitto anew that hangs (2.0.11 of Debian 12 can when the link breaks; better take a newer one):\n\n${check()}`,
          'See that the box is connected: `aal home show ' + box.home + '` on the hub says "online".',
        ]
      : []),
    ...(parts.zigbee2mqtt
      ? [
          'Put in the stick, find it with `ls -l /dev/serial/by-id/`, and write it into configuration.yaml (`serial.port` and `adapter`).',
          'Put configuration.yaml into the data folder of Zigbee2MQTT (2.0 or newer), often /opt/zigbee2mqtt/data, and start it.',
        ]
      : []),
    'Trigger each alarm sensor once, and see that it shows on the hub without the alert "Alarm sensor sends without a receipt (QoS 0)".',
    'Pull the network cable for two minutes, trigger a sensor, put the cable back: the alarm must come, with its right time.',
  ]
  return `# The box ${box.gateway} in home ${box.home}

${numbered(steps)}

What happens while the link is down is on the disk of the box, and is sent when the link is back, with its own time. If the
box loses its power *while the link is down*, what came in the last 30 seconds before that may be lost. Give the box and the
router a UPS.

These files hold secrets: delete them from the computer once the box works. Is the box stolen: \`aal gateway revoke ${box.gateway}\`.`
}

function numbered(steps: readonly string[]): string {
  return steps.map((step, index) => `${index + 1}. ${step}`).join('\n')
}

function copy({ trust, proof }: Box, { files }: BoxFolders): string {
  const pems = [
    ...(trust === 'ca-file' ? ['ca.pem'] : []),
    ...(proof.by === 'certificate' ? ['cert.pem', 'key.pem'] : []),
  ]
  return indented([
    'sudo install -o mosquitto -m 600 mosquitto.conf /etc/mosquitto/mosquitto.conf',
    ...(pems.length > 0
      ? [`sudo install -d ${files}`, `sudo install -o mosquitto -m 600 ${pems.join(' ')} ${files}/`]
      : []),
    'sudo systemctl restart mosquitto',
  ])
}

function check(): string {
  return indented([
    'sudo apt install mosquitto-clients',
    'sudo install -m 644 aal-mosquitto-check.* /etc/systemd/system/',
    `sudo systemctl enable --now ${MOSQUITTO_CHECK_TIMER}`,
  ])
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `       ${line}`).join('\n')
}
