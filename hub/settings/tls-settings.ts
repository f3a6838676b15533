import { z } from 'zod'

const port = z.int().min(0).max(65_535)
const host = z.string().min(1)
const file = z.string().min(1)

const pair = {
  cert: file.describe('PEM file: the certificate, and those between it and its authority.'),
  key: file.describe('PEM file: the private key of the certificate.'),
}

/** The console and the API over HTTPS. */
export const httpTlsSchema = z.strictObject(pair)

/** MQTT over TLS. */
export const mqttTlsSchema = z.strictObject({
  ...pair,
  host: host.default('0.0.0.0').describe('Where it listens; default: every address of this machine.'),
  port: port.default(8883),
  ca: file
    .optional()
    .describe(
      'PEM file: the authority behind cert, where boxes do not know it. "aal gateway config" gives it to them.',
    ),
  clientCertificates: z
    .enum(['none', 'optional', 'required'])
    .default('optional')
    .describe('Whether gateways may, or must, prove who they are by a certificate instead of a password.'),
})

/** MQTT over WebSocket, path /mqtt. */
export const websocketSchema = z.strictObject({
  port: port
    .optional()
    .describe('A port of its own, over TLS where mqtt.tls is; default: on that of the console.'),
  host: host.optional().describe('Where a port of its own listens; default: as the rest of MQTT.'),
})

export type MqttTlsSettings = z.output<typeof mqttTlsSchema>
