import type { SecureContextOptions } from 'node:tls'
import { openServerCertificate } from '../certificates/server-certificate.ts'
import type { ServerCertificate } from '../certificates/server-certificate.ts'
import type { Config } from '../config.ts'
import type { Core } from '../core/core.ts'
import type { GatewayCertificates } from '../database/gateway-certificates.ts'
import { CERTIFICATE_USES } from '../model/system.ts'
import type { CertificateUse, SystemFacts } from '../model/system.ts'
import { CERTIFICATE_ENDS } from '../watch/judge-system.ts'
import { tellNotice } from './notices.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

export interface CertificateParts {
  readonly config: Pick<Config, 'mqtt' | 'http'>
  readonly core: Pick<Core, 'take' | 'openAlerts' | 'now'>
  readonly gateways: Pick<GatewayCertificates, 'endingBefore'>
  readonly repeat: (call: () => void, ms: number) => () => void
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

/** The certificates that this hub shows to whoever connects, and what is to be said of them. */
export interface HubCertificates {
  readonly of: (use: CertificateUse) => ServerCertificate | undefined
  readonly facts: () => Pick<SystemFacts, 'certificates' | 'gatewayCertificatesEnding'>
  /** For whoever listens: another one is in force. */
  onChange(use: CertificateUse, listener: (options: SecureContextOptions) => void): void
  /** Reads all files now. */
  reload(): Promise<void>
  /** Watches the files and the time. */
  start(): void
  stop(): void
}

/** @throws Error that says what to do when the files of one cannot be used */
export async function openCertificates(parts: CertificateParts): Promise<HubCertificates> {
  const { config, core, gateways, repeat, log } = parts
  const listeners = new Map<CertificateUse, (options: SecureContextOptions) => void>()
  const opened = new Map<CertificateUse, ServerCertificate>()
  const stops: (() => void)[] = []
  let loggedAt = -Infinity

  const settings = { 'mqtt.tls': config.mqtt.tls, 'http.tls': config.http.tls }
  for (const use of CERTIFICATE_USES) {
    const files = settings[use]
    if (!files) continue
    const one = await openServerCertificate({
      files: { setting: use, cert: files.cert, key: files.key },
      now: core.now,
      repeat,
      onChange(options) {
        listeners.get(use)?.(options)
        const { names, validTo } = one.facts()
        log.info(
          { certificate: use, names, until: new Date(validTo).toISOString() },
          'another certificate is in force',
        )
        tell()
      },
      onRefused(refused) {
        if (refused) {
          log.warn(
            { certificate: use, reason: refused.reason },
            'a new certificate is refused, that of before is in force',
          )
        }
        tell()
      },
    })
    opened.set(use, one)
  }

  function whatIsWrong(one: ServerCertificate): string | undefined {
    const refused = one.refused()
    if (refused) return refused.reason
    const { validTo } = one.facts()
    if (validTo - core.now() >= CERTIFICATE_ENDS) return undefined
    return `the certificate of ${one.setting} ends ${new Date(validTo).toISOString().slice(0, 10)}`
  }

  function tell(): void {
    Promise.all(
      [...opened].map(([certificate, one]) => {
        const reason = whatIsWrong(one)
        return tellNotice(
          core,
          { notice: 'hub-certificate', certificate, ...(reason !== undefined && { reason }) },
          reason !== undefined,
        )
      }),
    ).catch((cause: unknown) => log.error({ err: cause }, 'Cannot say how the certificates are'))
  }

  function look(): void {
    tell()
    if (core.now() - loggedAt < DAY) return
    loggedAt = core.now()
    for (const [use, one] of opened) {
      const reason = whatIsWrong(one)
      if (reason !== undefined) log.warn({ certificate: use, reason }, 'a certificate needs somebody')
    }
    for (const { gateway, validTo } of ending()) {
      log.warn(
        { gateway, until: new Date(validTo).toISOString() },
        `the certificate of a gateway ends: aal gateway renew ${gateway}`,
      )
    }
  }

  const ending = () => gateways.endingBefore(core.now() + CERTIFICATE_ENDS)

  return {
    of: (use) => opened.get(use),
    facts: () => ({
      certificates: [...opened].map(([use, one]) => {
        const refused = one.refused()
        return { use, validTo: one.facts().validTo, ...(refused && { refused }) }
      }),
      gatewayCertificatesEnding: new Set(ending().map(({ gateway }) => gateway)).size,
    }),
    onChange: (use, listener) => void listeners.set(use, listener),
    async reload() {
      await Promise.all([...opened.values()].map((one) => one.reload()))
    },
    start() {
      for (const one of opened.values()) one.watch()
      stops.push(repeat(look, HOUR))
      look()
    },
    stop() {
      for (const one of opened.values()) one.stop()
      for (const stop of stops) stop()
    },
  }
}
