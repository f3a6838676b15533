/** Where the parts of a hub are that `aal init` makes ready. */
export interface HubPlaces {
  readonly data: string
  /** Folder of cert.pem, key.pem and ca.pem. */
  readonly tls: string
  /** Folder of the secrets that the hub reads. */
  readonly secrets: string
  /** How phones and browsers reach the hub, when that is known: `https://hub.example.org:8443`. */
  readonly url?: string
  /** Which InfluxDB keeps the history; none: the section is there as a comment. */
  readonly influxdb?: 1 | 2
  /** Host names of the neighbours: in containers each has its own. */
  readonly neighbours: { readonly influxdb: string; readonly kannel: string; readonly kannelAdmin: string }
}

/** The text of a first `hub.yaml`. */
export function hubYaml({ data, tls, secrets, url, influxdb, neighbours }: HubPlaces): string {
  const pair = `cert: ${tls}/cert.pem, key: ${tls}/key.pem`
  return `# Settings of this hub: docs/operations.md has them all. Change what you like; the hub reads it when it starts.

data: ${data}

mqtt:                             # plain MQTT (1883) listens on loopback only
  tls: { ${pair}, ca: ${tls}/ca.pem }   # gateways: port 8883

http:                             # the console and the API
  host: 0.0.0.0
  port: 8443
${url === undefined ? '  # url: https://hub.example.org:8443   # how phones and browsers reach it: links in messages need it' : `  url: ${url}   # how phones and browsers reach it: links in messages lead there`}
  tls: { ${pair} }

${influxdb === undefined ? comment(influxdbSection(1, secrets, neighbours.influxdb)) : influxdbSection(influxdb, secrets, neighbours.influxdb)}
# Without a way to send SMS, messages go to the phone page of this hub (/phone). Kannel, as one of them (docs/channels.md):
# sms:
#   kannel:
#     url: http://${neighbours.kannel}:13013/cgi-bin/sendsms
#     username: aal
#     passwordFile: ${secrets}/kannel-send
#     secretFile: ${secrets}/kannel-reports
#     from: "+4759440000"         # the number that people see and answer to
#     status: { url: "http://${neighbours.kannelAdmin}:13000/status.txt", passwordFile: ${secrets}/kannel-status }

# Who raises the alarm when this hub itself falls silent (docs/watchdog.md):
# watch: { ping: "https://hc-ping.com/…" }
`
}

function influxdbSection(version: 1 | 2, secrets: string, host: string): string {
  const lines =
    version === 1
      ? ['  database: aal', '  username: aal', `  passwordFile: ${secrets}/influxdb-hub`]
      : ['  version: 2', '  org: aal', '  bucket: aal', `  tokenFile: ${secrets}/influxdb-token`]
  return [
    'influxdb:                         # the history that Grafana shows',
    `  url: http://${host}:8086`,
    ...lines,
    '',
  ].join('\n')
}

function comment(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '# ')
}

/** The places in the containers of docker-compose.yml; deploy/hub.yaml and deploy/hub.influxdb2.yaml are written by them. */
export function composeYaml(influxdb: 1 | 2): string {
  return hubYaml({
    data: '/data',
    tls: '/run/tls',
    secrets: '/run/secrets',
    influxdb,
    neighbours: { influxdb: 'influxdb', kannel: 'smsbox', kannelAdmin: 'bearerbox' },
  })
}
