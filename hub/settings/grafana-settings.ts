import { z } from 'zod'

/** The Grafana of a `hub.yaml`. */
export const grafanaSchema = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).describe('http://grafana:3000, with its path where it has one.'),
    live: z
      .boolean()
      .default(false)
      .describe('Pushes each change of an alert to Grafana Live, channel stream/aal/alert.'),
    token: z
      .string()
      .min(1)
      .optional()
      .describe('Of a service account that may live:push. Better in a file of its own: tokenFile.'),
    tokenFile: z.string().min(1).optional(),
  })
  .refine((grafana) => grafana.token === undefined || grafana.tokenFile === undefined, {
    error: 'expected "token" or "tokenFile", not both',
  })
  .refine((grafana) => !grafana.live || (grafana.token ?? grafana.tokenFile) !== undefined, {
    error: 'expected "tokenFile": Grafana takes what is live from service accounts only',
  })

export type GrafanaSettings = z.output<typeof grafanaSchema>
