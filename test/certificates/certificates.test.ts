import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openAuthority } from '../../hub/certificates/authority.ts'
import { checkPair } from '../../hub/certificates/check-pair.ts'
import { openServerCertificate } from '../../hub/certificates/server-certificate.ts'
import { requireServer } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const NOW = Date.UTC(2026, 10, 21)
const DAY = 86_400_000
const folder = tempDir('authority')
const authority = await openAuthority(folder, NOW)
const made = async (names = ['hub.example.org', '10.0.0.2'], now = NOW) => {
  const { certificate, key = '' } = await authority.issueServer(names, now)
  return { cert: certificate, key }
}
const openssl = (...args: readonly string[]): string =>
  execFileSync(requireServer('openssl'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

describe('openAuthority', () => {
  it('makes its key once, for its owner only, and is the same afterwards', async () => {
    expect(statSync(join(folder, 'authority-key.pem')).mode & 0o777).toBe(0o600)
    const [again, other] = await Promise.all([openAuthority(folder, NOW + DAY), openAuthority(folder, NOW)])
    expect(again.certificate).toBe(authority.certificate)
    expect(other.certificate).toBe(authority.certificate)
  })

  it('issues certificates that OpenSSL believes: a server for its names, a gateway for itself', async () => {
    const dir = tempDir('issued')
    const server = await made()
    const gateway = await authority.issueGateway('gw-0001', NOW)
    writeFileSync(join(dir, 'server.pem'), server.cert)
    writeFileSync(join(dir, 'gateway.pem'), gateway.certificate)
    const verify = (...args: string[]) =>
      openssl(
        'verify',
        '-x509_strict',
        '-attime',
        String(NOW / 1000 + 60),
        '-CAfile',
        join(folder, 'authority.pem'),
        ...args,
      )
    expect(
      verify('-purpose', 'sslserver', '-verify_hostname', 'hub.example.org', join(dir, 'server.pem')),
    ).toContain('OK')
    expect(verify('-purpose', 'sslserver', '-verify_ip', '10.0.0.2', join(dir, 'server.pem'))).toContain('OK')
    expect(verify('-purpose', 'sslclient', join(dir, 'gateway.pem'))).toContain('OK')
    expect(() => verify('-purpose', 'sslserver', join(dir, 'gateway.pem'))).toThrow()
    expect(new X509Certificate(gateway.certificate).subject).toBe('CN=gw-0001')
  })

  it("signs a device's own request, under the gateway's name whatever it asks for", async () => {
    const dir = tempDir('request')
    const [key, request] = [join(dir, 'key.pem'), join(dir, 'request.pem')]
    openssl(
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=somebody',
      '-keyout',
      key,
      '-out',
      request,
    )
    const issued = await authority.issueGateway('gw-0002', NOW, readFileSync(request, 'utf8'))
    expect(issued.key).toBeUndefined()
    expect(checkPair({ cert: issued.certificate, key: readFileSync(key, 'utf8') }, NOW)).toMatchObject({
      ok: true,
    })
    expect(new X509Certificate(issued.certificate).subject).toBe('CN=gw-0002')
  })

  it.each([
    ['no request', () => 'hello', /no certificate request/],
    [
      'one whose key is too short',
      () => openssl('req', '-new', '-newkey', 'rsa:1024', '-nodes', '-subj', '/CN=x', '-keyout', '/dev/null'),
      /shorter than 2048/,
    ],
    [
      'one that was changed on the way',
      () => {
        const pem = openssl(
          'req',
          '-new',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-subj',
          '/CN=gw',
          '-keyout',
          '/dev/null',
        )
        const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
        der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
        return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
      },
      /signature/,
    ],
  ])('refuses %s', async (_what, request, reason) => {
    await expect(authority.issueGateway('gw', NOW, request())).rejects.toThrow(reason)
  })
})

describe('checkPair', () => {
  it('takes a certificate with its key, and says what it is for and until when', async () => {
    expect(checkPair(await made(), NOW)).toMatchObject({
      ok: true,
      facts: { names: 'DNS:hub.example.org, IP Address:10.0.0.2', validTo: NOW + 397 * DAY },
    })
  })

  it.each([
    ['no certificate', async () => ({ ...(await made()), cert: 'x' }), 'cert', /no certificate in PEM/],
    ['no key', async () => ({ ...(await made()), key: 'x' }), 'key', /no private key in PEM/],
    [
      'a key with a pass phrase',
      async () => ({
        ...(await made()),
        key: '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----',
      }),
      'key',
      /pass phrase/,
    ],
    [
      "another's key",
      async () => ({ ...(await made()), key: (await made()).key }),
      'key',
      /not the key of the certificate/,
    ],
    [
      'one that is over',
      async () => made(['a'], NOW - 400 * DAY),
      'cert',
      /expired 2026-11-18: have it renewed/,
    ],
    ['one of tomorrow', async () => made(['a'], NOW + 2 * DAY), 'cert', /clock of this machine/],
  ] as const)('refuses %s', async (_what, pair, about, problem) => {
    expect(checkPair(await pair(), NOW)).toEqual({
      ok: false,
      about,
      problem: expect.stringMatching(problem),
    })
  })
})

describe('openServerCertificate', () => {
  async function opened(onChange: () => void = () => {}) {
    const dir = tempDir('server')
    const files = { setting: 'mqtt.tls', cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }
    const write = ({ cert, key }: { cert?: string; key?: string }): void => {
      // As certbot does: links to files of which each has its own name.
      for (const [path, text] of [
        [files.cert, cert],
        [files.key, key],
      ] as const) {
        if (text === undefined) continue
        const real = `${path}.${Math.random()}`
        writeFileSync(real, text)
        try {
          unlinkSync(path)
        } catch {}
        symlinkSync(real, path)
      }
    }
    const first = await made()
    write(first)
    const told: (string | undefined)[] = []
    let looks: (() => void)[] = []
    const certificate = await openServerCertificate({
      files,
      now: () => NOW,
      onChange: ({ cert }) => {
        onChange()
        told.push(`changed to ${String(cert).slice(-60, -40)}`)
      },
      onRefused: (refused) => told.push(refused?.reason),
      repeat(call) {
        looks.push(call)
        return () => (looks = looks.filter((one) => one !== call))
      },
    })
    certificate.watch()
    const look = async (): Promise<void> => {
      for (const call of looks) call()
      // It reads files meanwhile.
      await certificate.settled()
    }
    return { certificate, files, write, look, told, first, looks: () => looks.length }
  }

  it('takes over a new one when both files are there, and no half of it', async () => {
    const { certificate, write, look, told, first } = await opened()
    const next = await made()
    write({ cert: next.cert })
    await look()
    expect(told).toEqual([])
    write({ key: next.key })
    await look()
    await look()
    expect(told).toEqual([`changed to ${next.cert.slice(-60, -40)}`])
    expect(certificate.options().cert).not.toBe(first.cert)
    await look()
    expect(told).toHaveLength(1)
  })

  it('says what a listener does not take, and ends nothing', async () => {
    const { write, look, told } = await opened(() => {
      throw new Error('no such cipher')
    })
    write(await made())
    await look()
    await look()
    expect(told).toEqual(['no such cipher'])
  })

  it('keeps the one of before when the new one is bad, says so once, and takes over what is mended', async () => {
    const { certificate, files, write, look, told, first } = await opened()
    write({ cert: 'nonsense' })
    await look()
    await look()
    await look()
    const said = `Cannot use mqtt.tls.cert ${files.cert}: it is no certificate in PEM`
    expect(told).toEqual([expect.stringContaining(said)])
    expect(certificate.refused()).toEqual({ at: NOW, reason: told[0] })
    expect(certificate.options().cert).toBe(first.cert)
    unlinkSync(files.key)
    await certificate.reload()
    expect(told[1]).toContain(`Cannot read mqtt.tls.key ${files.key}: there is no such file`)
    write(first)
    await certificate.reload()
    expect(told.slice(2)).toEqual([undefined])
    expect(certificate.refused()).toBeUndefined()
  })

  it('stops looking', async () => {
    const { certificate, looks } = await opened()
    expect(looks()).toBe(1)
    certificate.stop()
    expect(looks()).toBe(0)
  })
})
