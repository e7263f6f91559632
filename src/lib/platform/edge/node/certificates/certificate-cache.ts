import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod/mini'
import type { Clock } from '../../../../core/clock.ts'
import type { Authority } from './authority.ts'
import type { IssuedCertificate } from './issuing.ts'

/** A certificate is replaced when it has less than this left. */
const RENEW_BEFORE_MS = 30 * 86_400_000

const stored = z.object({ authority: z.string(), certificate: z.string(), expiresAt: z.number(), key: z.string() })

interface Entry {
  readonly context: SecureContext
  readonly expiresAt: number
}

/** TLS contexts by host, made when first asked for and kept on disk. */
export class CertificateCache {
  readonly #directory: string
  readonly #authority: Authority
  readonly #clock: Clock
  readonly #entries = new Map<string, Promise<Entry>>()

  constructor({ authority, clock, directory }: { authority: Authority; clock: Clock; directory: string }) {
    this.#directory = directory
    this.#authority = authority
    this.#clock = clock
  }

  /** For a host or a wildcard that the edge serves, never for a name that a client made up: the cache does not shrink. */
  async context(host: string): Promise<SecureContext> {
    const known = await this.#entries.get(host)?.catch(() => undefined)
    if (known && this.#isFresh(known.expiresAt)) return known.context
    const made = this.#make(host)
    this.#entries.set(host, made)
    return (await made).context
  }

  /** The certificate itself, from disk or made now. */
  async issued(host: string): Promise<IssuedCertificate> {
    const file = join(this.#directory, `${createHash('sha256').update(host).digest('hex').slice(0, 32)}.json`)
    return (await this.#read(file)) ?? (await this.#issue(host, file))
  }

  async #make(host: string): Promise<Entry> {
    const issued = await this.issued(host)
    return {
      context: createSecureContext({ cert: issued.certificate, key: issued.key, minVersion: 'TLSv1.2' }),
      expiresAt: issued.expiresAt,
    }
  }

  async #read(file: string): Promise<IssuedCertificate | undefined> {
    try {
      const found = z.parse(stored, JSON.parse(await readFile(file, 'utf8')))
      return found.authority === this.#authority.pem && this.#isFresh(found.expiresAt) ? found : undefined
    } catch {
      return undefined
    }
  }

  async #issue(host: string, file: string): Promise<IssuedCertificate> {
    const names = host === 'localhost' ? ['localhost', '127.0.0.1'] : [host]
    const issued = await this.#authority.issue(names, this.#clock.now())
    await mkdir(this.#directory, { mode: 0o700, recursive: true })
    await writeFileAtomic(file, JSON.stringify({ ...issued, authority: this.#authority.pem }), { mode: 0o600 })
    return issued
  }

  #isFresh(expiresAt: number): boolean {
    return expiresAt - this.#clock.now() > RENEW_BEFORE_MS
  }
}
