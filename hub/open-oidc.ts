import { readFile } from 'node:fs/promises'
import type { Config } from './config.ts'
import type { SignInProvider } from './http/people.ts'
import { createOidc } from './people/oidc.ts'
import { whyNotRead } from './source/why-not-read.ts'

/** @throws Error when the client's secret cannot be read */
export async function openOidc(
  { clientSecretFile, clientSecret: given, areaClaim, ...settings }: NonNullable<Config['oidc']>,
  hubUrl: () => string,
  now: () => number,
): Promise<SignInProvider> {
  const clientSecret =
    clientSecretFile === undefined
      ? given
      : (
          await readFile(clientSecretFile, 'utf8').catch((cause: unknown) => {
            throw new Error(`Cannot read oidc.clientSecretFile ${clientSecretFile}: ${whyNotRead(cause)}`, {
              cause,
            })
          })
        ).trim()
  return createOidc({
    ...settings,
    hubUrl,
    now,
    ...(areaClaim !== undefined && { areaClaim }),
    ...(clientSecret !== undefined && { clientSecret }),
  })
}
