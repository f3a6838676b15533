import { readFile } from 'node:fs/promises'
import { checkPair } from '../certificates/check-pair.ts'
import type { Config } from '../config.ts'
import { CERTIFICATE_ENDS } from '../watch/judge-system.ts'
import { findingsOf } from './finding.ts'
import type { Finding } from './finding.ts'

const DAY = 86_400_000

/** Whether the files of the hub's certificates can be used, and for how long. */
export async function checkCertificates({ mqtt, http }: Config, now: number): Promise<readonly Finding[]> {
  const pairs = Object.entries({ 'mqtt.tls': mqtt.tls, 'http.tls': http.tls }).flatMap(([use, files]) =>
    files ? [{ use, ...files }] : [],
  )
  if (pairs.length === 0)
    return [findingsOf('certificates').ok('None: neither MQTT nor the console speaks TLS here.')]
  return await Promise.all(pairs.map((one) => checkFiles(one, now)))
}

async function checkFiles(
  { use, cert, key }: { readonly use: string; readonly cert: string; readonly key: string },
  now: number,
): Promise<Finding> {
  const { ok, warn, fail } = findingsOf(`certificate ${use}`)
  try {
    const checked = checkPair({ cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') }, now)
    if (!checked.ok) return fail(`Cannot use ${checked.about === 'cert' ? cert : key}: ${checked.problem}.`)
    const days = Math.floor((checked.facts.validTo - now) / DAY)
    const what = `${cert} is valid for ${days} days.`
    return checked.facts.validTo - now < CERTIFICATE_ENDS
      ? warn(what, 'Have it renewed: a running hub takes the new one over by itself.')
      : ok(what)
  } catch (cause) {
    return fail(`Cannot read it: ${(cause as Error).message}.`, 'docs/operations.md, Certificates')
  }
}
