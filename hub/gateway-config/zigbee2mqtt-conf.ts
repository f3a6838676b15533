import type { Box } from './box.ts'

/** The configuration.yaml of Zigbee2MQTT (2.0 or newer) for a new network; it speaks to the Mosquitto on the same box. */
export function zigbee2mqttConf({ home, gateway }: Pick<Box, 'home' | 'gateway'>): string {
  return `# Zigbee2MQTT of gateway ${gateway} in home ${home}: configuration.yaml. By "aal gateway config".
mqtt:
  # The hub knows the home by this.
  base_topic: homes/${home}/zigbee2mqtt
  server: mqtt://127.0.0.1:1883
  # What is published while Mosquitto restarts must not be forgotten.
  keepalive: 60
  include_device_information: false

serial:
  # The stick: ls -l /dev/serial/by-id/
  port: /dev/serial/by-id/PUT-THE-STICK-HERE
  # zstack, ember, deconz, zigate or zboss, as the stick's page says.
  adapter: ember

# Every message is kept until it is confirmed; none is retained, since what was true once would be told again as news.
device_options:
  qos: 1
  retain: false

# The hub is told when a sensor is not heard: at once for those with mains power, after 25 h for batteries.
availability:
  enabled: true
  active:
    timeout: 10
  passive:
    timeout: 1500

advanced:
  # When a sensor was heard: what was kept while there was no link arrives with its own time.
  last_seen: ISO_8601
  # After a restart old values are not sent as new ones.
  cache_state_send_on_startup: false
  # New keys for this network; Zigbee2MQTT writes what it made here.
  network_key: GENERATE
  pan_id: GENERATE
  ext_pan_id: GENERATE
  log_level: info

homeassistant:
  enabled: false

frontend:
  enabled: true
  # Reach it from elsewhere over SSH: ssh -L 8080:127.0.0.1:8080 BOX
  host: 127.0.0.1
  port: 8080
`
}
