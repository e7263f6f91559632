import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { IssuedCertificate, KeyPair } from './issuing.ts'

/** The internal CA: signs the certificates of the hosts that the edge serves. */
export interface Authority {
  readonly pem: string
  /** A certificate for these DNS names and IP addresses, valid for 397 days from `now`. */
  issue(names: readonly string[], now: number): Promise<IssuedCertificate>
}

/** Reads the CA from the directory, or makes it there (key file 0600). */
export async function openAuthority(directory: string, now: number): Promise<Authority> {
  const pair = (await readPair(directory)) ?? (await createPair(directory, now))
  return {
    // The certificate library takes its time to load, and an edge that starts again needs no new certificates.
    issue: async (names, at) => (await import('./issuing.ts')).issueCertificate(pair, names, at),
    pem: pair.certificate,
  }
}

const files = (directory: string) => ({
  certificate: join(directory, 'authority.pem'),
  key: join(directory, 'authority.key.pem'),
})

async function readPair(directory: string): Promise<KeyPair | undefined> {
  const names = files(directory)
  try {
    return { certificate: await readFile(names.certificate, 'utf8'), key: await readFile(names.key, 'utf8') }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function createPair(directory: string, now: number): Promise<KeyPair> {
  const { createAuthority } = await import('./issuing.ts')
  const pair = await createAuthority(now)
  const names = files(directory)
  // The certificate last: while it is missing there is no CA, and a new one is made.
  await writeFileAtomic(names.key, pair.key, { mode: 0o600 })
  await writeFileAtomic(names.certificate, pair.certificate, { mode: 0o644 })
  return pair
}
