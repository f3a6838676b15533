import { isIP } from 'node:net'
import { z } from 'zod'

/** Limits of the MQTT broker by address and by gateway: docs/limits.md. */
export const mqttLimitsSchema = z
  .strictObject({
    address: z
      .strictObject({
        connections: z.int().min(1).default(2000).describe('Open at a time from one address.'),
        newConnections: z
          .int()
          .min(1)
          .default(50)
          .describe('New ones a second from one address; ten times as many at once.'),
        failedSignIns: z
          .int()
          .min(1)
          .default(20)
          .describe('In a minute from one address; the answer to each further one comes 5 s late.'),
        except: z
          .array(z.string().refine((text) => isIP(text) !== 0, 'expected an IP address'))
          .default(['127.0.0.1', '::1'])
          .describe('Addresses that are not limited: a proxy before the hub, this machine.'),
      })
      .prefault({}),
    gateway: z
      .strictObject({
        connections: z.int().min(1).default(20).describe('Open at a time by one gateway.'),
        rate: z
          .int()
          .min(1)
          .default(50)
          .describe('Messages a second that are taken from one gateway, for as long as it sends.'),
        backlog: z
          .int()
          .min(0)
          .default(200_000)
          .describe('So many more after quiet times: what a box kept while its link was down.'),
      })
      .prefault({}),
  })
  .prefault({})
