import { AppError } from '../core/errors.ts'

const ADD = 'name a file with its authority in ALOFT_CA_FILE or NODE_EXTRA_CA_CERTS, if you trust it'
const UNTRUSTED = { reason: 'its certificate is signed by nobody this machine trusts', remedy: ADD }

/** What OpenSSL and Node call it, and what it means. */
const REASONS: Readonly<Record<string, { reason: string; remedy: string }>> = {
  CERT_HAS_EXPIRED: { reason: 'its certificate has expired', remedy: 'tell who runs the server; check the clock of this machine' }, // prettier-ignore
  CERT_NOT_YET_VALID: { reason: 'its certificate is not valid yet', remedy: 'check the clock of this machine' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { reason: 'its certificate is signed by itself', remedy: ADD },
  ERR_TLS_CERT_ALTNAME_INVALID: { reason: 'its certificate is for another host', remedy: 'check the address' },
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
}

/** The error for a TLS connection that was not trusted or not understood; undefined when it is about something else. */
export function explainTls(cause: unknown, code: string | undefined, where: string): AppError | undefined {
  if (code === undefined) return undefined
  const known = REASONS[code]
  if (known)
    return new AppError('unavailable.tls', `${where} cannot be trusted: ${known.reason} (${code})`, {
      cause,
      suggestions: [known.remedy],
    })
  if (!/^(?:EPROTO|ERR_SSL_|ERR_TLS_|CERT_|CRL_)/.test(code)) return undefined
  return new AppError('unavailable.tls', `${where} does not speak TLS as this client does (${code})`, {
    cause,
    suggestions: ['check the address and its port: is it https?'],
  })
}
