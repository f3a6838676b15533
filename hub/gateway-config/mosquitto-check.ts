/** How long Mosquitto may take for a message of its own machine, seconds. */
const PATIENCE = 20
const NAME = 'aal-mosquitto-check'

export interface MosquittoCheck {
  /** Of the broker in the home, on loopback. */
  readonly port?: number
  /** Seconds */
  readonly patience?: number
}

/**
 * Units for systemd, by file name, that start Mosquitto anew when it runs but answers nobody. Mosquitto 2.0.11, which
 * Debian 12 has, can do that: when a TLS connection to the hub breaks off at the wrong moment, it goes round in a loop
 * for ever, and takes nothing from the sensors of the home either.
 */
export function mosquittoCheck(options: MosquittoCheck = {}): Readonly<Record<string, string>> {
  const { port = 1883, patience = PATIENCE } = options
  const ask = `timeout -s KILL ${patience} mosquitto_pub -h 127.0.0.1 -p ${port} -q 1 -t aal/check -n`
  return {
    [`${NAME}.service`]: `# Starts a Mosquitto anew that runs and answers nobody. By "aal gateway config".
[Unit]
Description=Mosquitto of the home answers
ConditionPathExists=/usr/bin/mosquitto_pub
# One that is stopped on purpose stays so.
Requisite=mosquitto.service
After=mosquitto.service

[Service]
Type=oneshot
ExecStart=/bin/sh -c '${ask} || { systemctl kill -s KILL mosquitto; systemctl restart mosquitto; }'
`,
    [`${NAME}.timer`]: `[Unit]
Description=Each minute: does Mosquitto answer?

[Timer]
OnBootSec=2min
OnUnitInactiveSec=1min
AccuracySec=5s

[Install]
WantedBy=timers.target
`,
  }
}

/** As `systemctl` knows what has to be switched on. */
export const MOSQUITTO_CHECK_TIMER = `${NAME}.timer`
