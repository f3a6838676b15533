import { fileURLToPath } from 'node:url'

/** The folder of the profiles that come with the hub. */
export function shippedProfiles(): string {
  return fileURLToPath(new URL('../../devices/profiles', import.meta.url))
}
