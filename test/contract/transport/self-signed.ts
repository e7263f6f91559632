// oxlint-disable-next-line import/no-unassigned-import -- the certificate library needs it
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import type { KeyPair } from '../../../src/lib/platform/edge/node/certificates/issuing.ts'

/** A certificate for 127.0.0.1 that vouches for itself. */
export async function selfSigned(): Promise<KeyPair> {
  x509.cryptoProvider.set(webcrypto)
  const algorithm = { hash: 'SHA-256', name: 'ECDSA', namedCurve: 'P-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
    keys,
    name: 'CN=alone',
    signingAlgorithm: algorithm,
  })
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { certificate: certificate.toString('pem'), key }
}
