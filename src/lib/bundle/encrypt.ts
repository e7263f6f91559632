import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { Decrypter, Encrypter } from 'age-encryption'
import { bundleError } from './errors.ts'

/** First bytes of a file that age encrypted (age-encryption.org/v1). */
export const AGE_MAGIC = 'age-encryption.org/v1'

/** The stream, encrypted for recipients of age (`age1…`). Its bytes differ each time. @throws Error naming one that is none */
export async function encrypt(source: Readable, recipients: readonly string[]): Promise<Readable> {
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return fromWeb(await encrypter.encrypt(toWeb(source)))
}

/**
 * The stream, decrypted by identities of age (`AGE-SECRET-KEY-1…`). It fails where the bytes were changed or are cut off.
 * @throws failed.verify when none of them fits
 */
export async function decrypt(source: Readable, identities: readonly string[]): Promise<Readable> {
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity)
  try {
    return fromWeb(await decrypter.decrypt(toWeb(source)))
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    throw bundleError('encrypted', `the identity does not open the file (${reason})`, [
      'pass the identity that it was encrypted for',
    ])
  }
}

function toWeb(source: Readable): globalThis.ReadableStream<Uint8Array> {
  return Readable.toWeb(source)
}

function fromWeb(stream: globalThis.ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(stream as ReadableStream)
}
