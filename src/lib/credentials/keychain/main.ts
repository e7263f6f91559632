import { text } from 'node:stream/consumers'
import type { AsyncEntry, EntryOptions } from '@napi-rs/keyring'
import * as z from 'zod/mini'
import { type KeychainAnswer, type KeychainRequest, keychainRequest } from './messages.ts'

/*
 * A process of its own, because a keychain that does not answer blocks the thread that asked, in native code: only a
 * process can be ended then. Secrets go through its pipes, never through its arguments.
 */

const SERVICE = 'aloft'

/** The kernel's keyring, which the library would fall back to, forgets at the end of a session. */
const PINNED: EntryOptions = { linux: { store: 'secret-service' } }

const request = z.parse(keychainRequest, JSON.parse(await text(process.stdin)))
process.stdout.write(JSON.stringify(await answer(request)))

async function answer({ id, operation, secret = '' }: KeychainRequest): Promise<KeychainAnswer> {
  let stage: 'load' | 'open' | 'use' = 'load'
  try {
    const { AsyncEntry: Entry } = await import('@napi-rs/keyring')
    stage = 'open'
    // what the functions of its keytar entry do, with the store pinned
    const entry = new Entry(SERVICE, id, PINNED)
    stage = 'use'
    return await use(entry, operation, secret)
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error), stage }
  }
}

async function use(
  entry: AsyncEntry,
  operation: KeychainRequest['operation'],
  secret: string,
): Promise<KeychainAnswer> {
  if (operation === 'get') return { secret: (await entry.getPassword()) ?? undefined }
  if (operation === 'set') await entry.setPassword(secret)
  else await entry.deletePassword()
  return {}
}
