import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { Decrypter, Encrypter } from 'age-encryption'
import { bundleError } from './errors.ts'

/** First bytes of a file that age encrypted (age-encryption.org/v1). */
export const AGE_MAGIC = 'age-encryption.org/v1'

/** To whom: recipients (`age1…`), or whoever knows a passphrase. */
export type Encryption = { readonly recipients: readonly string[] } | { readonly passphrase: string }

/** By which: identities (`AGE-SECRET-KEY-1…`), or a passphrase. */
export type Decryption = { readonly identities: readonly string[] } | { readonly passphrase: string }

/** The stream, encrypted with age. Its bytes differ each time. @throws Error naming a recipient that is none */
export async function encrypt(source: Readable, to: Encryption): Promise<Readable> {
  const encrypter = new Encrypter()
  if ('passphrase' in to) encrypter.setPassphrase(to.passphrase)
  else for (const recipient of to.recipients) encrypter.addRecipient(recipient)
  return fromWeb(await encrypter.encrypt(toWeb(source)))
}

/**
 * The stream, decrypted. It fails where the bytes were changed or are cut off.
 * @throws failed.verify when none of the identities fits, or the passphrase does not
 */
export async function decrypt(source: Readable, by: Decryption): Promise<Readable> {
  const decrypter = new Decrypter()
  if ('passphrase' in by) decrypter.addPassphrase(by.passphrase)
  else for (const identity of by.identities) decrypter.addIdentity(identity)
  try {
    return fromWeb(await decrypter.decrypt(toWeb(source)))
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    const what = 'passphrase' in by ? 'the passphrase' : 'the identity'
    throw bundleError('encrypted', `${what} does not open the file (${reason})`, [`pass ${what} it was encrypted for`])
  }
}

function toWeb(source: Readable): globalThis.ReadableStream<Uint8Array> {
  return Readable.toWeb(source)
}

function fromWeb(stream: globalThis.ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(stream as ReadableStream)
}
