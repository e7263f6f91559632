import { text } from 'node:stream/consumers'
import type { EntryOptions } from '@napi-rs/keyring'
import type { KeychainAnswer } from './answer.ts'

/*
 * `main.js get|set|delete ID`, the secret to set on stdin, a JSON document on stdout. A process of its own, because a
 * keychain that does not answer blocks the thread that asked, in native code: only a process can be ended then. Secrets go
 * through its pipes, never through its arguments.
 */

const SERVICE = 'aloft'

/** The kernel's keyring, which the library would fall back to, forgets at the end of a session. */
const PINNED: EntryOptions = { linux: { store: 'secret-service' } }

const [, , operation, id = ''] = process.argv
process.stdout.write(JSON.stringify(await answer()))

async function answer(): Promise<KeychainAnswer> {
  let stage: 'load' | 'open' | 'use' = 'load'
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring')
    stage = 'open'
    // what the functions of its keytar entry do, with the store pinned
    const entry = new AsyncEntry(SERVICE, id, PINNED)
    stage = 'use'
    if (operation === 'get') return { secret: (await entry.getPassword()) ?? undefined }
    if (operation === 'set') await entry.setPassword(await text(process.stdin))
    else await entry.deletePassword()
    return {}
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error), stage }
  }
}
