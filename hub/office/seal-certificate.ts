import { createHash } from 'node:crypto'
import type { Certificate } from '../model/visit.ts'

/** Adds the SHA-256 by which a print can be compared with what is kept. */
export function sealCertificate(certificate: Omit<Certificate, 'sha256'>): Certificate {
  return { ...certificate, sha256: sha256(canonicalJson(certificate)) }
}

/** Whether a certificate is as it was made. */
export function isSealed({ sha256: said, ...certificate }: Certificate): boolean {
  return sha256(canonicalJson(certificate)) === said
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** JSON without spaces, keys in the order of their code units, as RFC 8785 has it. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`
}
