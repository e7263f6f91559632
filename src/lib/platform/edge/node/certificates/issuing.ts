// oxlint-disable-next-line import/no-unassigned-import -- tsyringe, on which the certificate library is built, needs it
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const ALGORITHM = { hash: 'SHA-256', name: 'ECDSA', namedCurve: 'P-256' } as const
const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 3652
/** Public authorities' limit, and what Apple's clients accept (support.apple.com/en-us/102028), is 398 days. */
const LEAF_DAYS = 397
/** Clocks of other machines may be behind. */
const BACKDATE_MS = 3_600_000

/** A certificate with its key, both PEM. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

export interface IssuedCertificate extends KeyPair {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** A new CA for ten years: ECDSA P-256, may sign leaf certificates alone. */
export async function createAuthority(now: number): Promise<KeyPair> {
  x509.cryptoProvider.set(webcrypto)
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
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) }
}

/** A certificate for these DNS names and IP addresses, valid for 397 days from `now`. */
export async function issueCertificate(
  authority: KeyPair,
  names: readonly string[],
  now: number,
): Promise<IssuedCertificate> {
  x509.cryptoProvider.set(webcrypto)
  const issuer = new x509.X509Certificate(authority.certificate)
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(authority.key),
    ALGORITHM,
    false,
    ['sign'],
  )
  const keys = await generateKeys()
  const expiresAt = now + LEAF_DAYS * DAY_MS
  const certificate = await x509.X509CertificateGenerator.create({
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map(alternativeName)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
    issuer: issuer.subject,
    notAfter: new Date(expiresAt),
    notBefore: new Date(now - BACKDATE_MS),
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    signingKey,
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
