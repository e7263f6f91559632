// tsyringe, which the certificate library is built on, needs the metadata API
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import writeFileAtomic from 'write-file-atomic'

const ALGORITHM = { hash: 'SHA-256', name: 'ECDSA', namedCurve: 'P-256' } as const
const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 3652
/** Public authorities' limit, and what Apple's clients accept (support.apple.com/en-us/102028): 398 days. */
const LEAF_DAYS = 397
/** Clocks of other machines may be behind. */
const BACKDATE_MS = 3_600_000

export interface IssuedCertificate {
  readonly certificate: string
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** The internal CA: signs the certificates of the hosts that the edge serves. */
export interface Authority {
  readonly pem: string
  /** A certificate for these DNS names and IP addresses, valid for 397 days from `now`. */
  issue(names: readonly string[], now: number): Promise<IssuedCertificate>
}

/** Reads the CA from the directory, or makes it there (key file 0600). */
export async function openAuthority(directory: string, now: number): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto)
  const found = (await readAuthority(directory)) ?? (await createAuthority(directory, now))
  return { issue: (names, at) => issue(found, names, at), pem: found.certificate.toString('pem') }
}

interface KeyedCertificate {
  readonly certificate: x509.X509Certificate
  readonly key: webcrypto.CryptoKey
}

const files = (directory: string) => ({
  certificate: join(directory, 'authority.pem'),
  key: join(directory, 'authority.key.pem'),
})

async function readAuthority(directory: string): Promise<KeyedCertificate | undefined> {
  const names = files(directory)
  try {
    const certificate = new x509.X509Certificate(await readFile(names.certificate, 'utf8'))
    const der = x509.PemConverter.decodeFirst(await readFile(names.key, 'utf8'))
    return { certificate, key: await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']) }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function createAuthority(directory: string, now: number): Promise<KeyedCertificate> {
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
    keys,
    name: 'CN=aloft local CA, O=aloft',
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    notBefore: new Date(now - BACKDATE_MS),
    signingAlgorithm: ALGORITHM,
  })
  const names = files(directory)
  // The certificate last: while it is missing there is no CA, and a new one is made.
  await writeFileAtomic(names.key, await exportKey(keys.privateKey), { mode: 0o600 })
  await writeFileAtomic(names.certificate, `${certificate.toString('pem')}\n`, { mode: 0o644 })
  return { certificate, key: keys.privateKey }
}

async function issue(authority: KeyedCertificate, names: readonly string[], now: number): Promise<IssuedCertificate> {
  const keys = await generateKeys()
  const expiresAt = now + LEAF_DAYS * DAY_MS
  const certificate = await x509.X509CertificateGenerator.create({
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map(alternativeName)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate),
    ],
    issuer: authority.certificate.subject,
    notAfter: new Date(expiresAt),
    notBefore: new Date(now - BACKDATE_MS),
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    signingKey: authority.key,
    // Names are in the extension alone: a common name holds 64 bytes at most (RFC 5280, ub-common-name).
    subject: 'O=aloft',
  })
  return { certificate: certificate.toString('pem'), expiresAt, key: await exportKey(keys.privateKey) }
}

function alternativeName(name: string): { type: 'dns' | 'ip'; value: string } {
  return { type: /^\d+\.\d+\.\d+\.\d+$/.test(name) ? 'ip' : 'dns', value: name }
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}
