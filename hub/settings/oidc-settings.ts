import { z } from 'zod'
import { ROLES } from '../model/person.ts'

const LOOPBACK = /^http:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?(\/|$)/

/** The OpenID Connect provider of a `hub.yaml`: the sign-in of the employer. */
export const oidcSchema = z
  .strictObject({
    issuer: z.url().refine((url) => url.startsWith('https://') || LOOPBACK.test(url), 'expected https://…'),
    clientId: z.string().min(1),
    clientSecret: z.string().min(1).optional().describe('Better in a file of its own: clientSecretFile.'),
    clientSecretFile: z.string().min(1).optional(),
    name: z.string().min(1).max(60).default('your organisation').describe('"Sign in with …".'),
    scope: z.string().default('openid profile'),
    personClaim: z
      .string()
      .default('preferred_username')
      .describe('Gives the id of somebody who is new; what stands after "@" is left out.'),
    roleClaim: z.string().default('groups').describe('The claim that says what somebody is.'),
    roles: z
      .record(z.string(), z.enum(ROLES))
      .refine((roles) => Object.keys(roles).length > 0, 'expected at least one')
      .describe('Which role each word of that claim gives. Who has none of them may not sign in.'),
    areaClaim: z
      .string()
      .optional()
      .describe('The claim that lists the areas somebody sees. Without it they see all.'),
  })
  .refine((oidc) => oidc.clientSecret === undefined || oidc.clientSecretFile === undefined, {
    error: 'expected "clientSecret" or "clientSecretFile", not both',
  })

export type OidcSettings = z.output<typeof oidcSchema>
