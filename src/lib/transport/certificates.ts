import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { getCACertificates } from 'node:tls'
import { AppError } from '../core/errors.ts'

export interface CertificateFile {
  /** The variable that names it. */
  readonly name: string
  readonly file: string
}

/** Node's own authorities (NODE_EXTRA_CA_CERTS among them) and those of the files. @throws usage.certificates */
export async function trustedCertificates(files: readonly CertificateFile[]): Promise<readonly string[]> {
  const added = await Promise.all(files.map(readCertificates))
  return [...new Set([...getCACertificates('default'), ...added.flat()])]
}

async function readCertificates({ file, name }: CertificateFile): Promise<string[]> {
  const text = await read(file, name)
  const found = [
    ...text.matchAll(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*(-----END [A-Z0-9 ]*CERTIFICATE-----)?/g),
  ]
  if (found.length === 0) throw wrong(`${file} holds no certificate`, name)
  for (const { 0: pem, index } of found) {
    const line = text.slice(0, index).split('\n').length
    try {
      // oxlint-disable-next-line no-new -- it throws when it cannot be read
      new X509Certificate(pem)
    } catch (cause) {
      throw wrong(`${file}:${line}: the certificate cannot be read`, name, cause)
    }
  }
  return found.map(([pem]) => pem)
}

async function read(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    throw wrong(`${file} cannot be read${reason}`, name, cause)
  }
}

function wrong(message: string, name: string, cause?: unknown): AppError {
  return new AppError('usage.certificates', `${message}; ${name} names it`, {
    cause,
    suggestions: [`let ${name} name a file of certificates in PEM`, `unset ${name}`],
  })
}
