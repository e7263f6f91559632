import { beforeAll, describe, expect, test } from 'vitest'
import {
  createAuthority,
  issueCertificate,
  type KeyPair,
} from '../../../src/lib/platform/edge/node/certificates/issuing.ts'
import { createCaller, failureOf, type Library } from './caller.ts'
import { selfSigned } from './self-signed.ts'
import { serve } from './servers.ts'
import { environmentWith, fileWith, serveSecurely } from './surroundings.ts'

const YEAR_MS = 365 * 86_400_000

function call(library: Library, port: number, environment: NodeJS.ProcessEnv = {}): Promise<unknown> {
  return createCaller(library, { environment, url: `https://127.0.0.1:${port}` }).json()
}

/** Whom a request trusts, whatever library sends it. */
export function trustContract(library: Library): void {
  let authority: KeyPair
  let server: KeyPair
  beforeAll(async () => {
    authority = await createAuthority(Date.now())
    server = await issueCertificate(authority, ['127.0.0.1'], Date.now())
  })

  describe('trust', () => {
    test.each(['ALOFT_CA_FILE', 'SSL_CERT_FILE'])('%s adds an authority', async name => {
      const { port } = await serveSecurely(server)
      expect(await call(library, port, { [name]: fileWith(`a note\n${authority.certificate}`) })).toEqual({ ok: true })
    })

    test('is refused to an unknown authority, also when another one is added', async () => {
      const { port, requests } = await serveSecurely(server)
      const another = await createAuthority(Date.now())
      const wrong = fileWith(another.certificate)
      for (const environment of [{}, { ALOFT_CA_FILE: wrong }])
        expect(await failureOf(call(library, port, environment))).toMatchObject({
          code: 'unavailable.tls',
          details: { requestId: expect.any(String) },
          suggestions: [expect.stringContaining('ALOFT_CA_FILE')],
        })
      expect(requests).toEqual([])
    })

    test('cannot be switched off by NODE_TLS_REJECT_UNAUTHORIZED', async () => {
      const environment = environmentWith({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })
      const { port } = await serveSecurely(server)
      expect(await failureOf(call(library, port, environment))).toMatchObject({ code: 'unavailable.tls' })
    })

    test('is refused to a certificate that is signed by itself, has expired or is for another host', async () => {
      const long = Date.now() - 2 * YEAR_MS
      const old = await createAuthority(long)
      const cases = [
        { ca: undefined, reason: 'signed by itself', tls: await selfSigned() },
        { ca: old, reason: 'has expired', tls: await issueCertificate(old, ['127.0.0.1'], long) },
        {
          ca: authority,
          reason: 'for another host',
          tls: await issueCertificate(authority, ['other.example'], Date.now()),
        },
      ]
      for (const { ca, reason, tls } of cases) {
        const { port } = await serveSecurely(tls)
        const environment = ca ? { ALOFT_CA_FILE: fileWith(ca.certificate) } : {}
        expect(await failureOf(call(library, port, environment))).toMatchObject({
          code: 'unavailable.tls',
          message: expect.stringContaining(reason),
        })
      }
    })

    test('a server without TLS is told from one that is not trusted', async () => {
      const { port } = await serve((_request, response) => response.end())
      expect(await failureOf(call(library, port))).toMatchObject({
        code: 'unavailable.tls',
        message: expect.stringContaining('does not speak TLS'),
      })
    })

    test('needs files that can be read: a wrong one is named with its line', async () => {
      const broken = '-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n'
      const cases: [string, string][] = [
        [fileWith(`${authority.certificate}${broken}`), `:${authority.certificate.trimEnd().split('\n').length + 1}: `],
        [fileWith('nothing here'), ' holds no certificate'],
        ['/nowhere/ca.pem', ' cannot be read (ENOENT)'],
      ]
      for (const [file, text] of cases)
        expect(await failureOf(call(library, 1, { ALOFT_CA_FILE: file }))).toMatchObject({
          code: 'usage.certificates',
          message: expect.stringContaining(`${file}${text}`),
        })
    })
  })
}
