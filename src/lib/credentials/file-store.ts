import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod/mini'
import { AppError } from '../core/errors.ts'
import type { Home } from '../protocol/home.ts'
import { homeError, makeHomeDirectory } from '../protocol/make-home.ts'
import { createSecrets, type KeyOwner, loadSecretKey, type Secrets } from '../secrets/seal.ts'
import { withLock } from './lock.ts'
import type { CredentialStore } from './store.ts'
import { writePrivateFile } from './write-private-file.ts'

const sealedFile = z.object({ version: z.literal(1), sealed: z.record(z.string(), z.string()) })
type Sealed = z.infer<typeof sealedFile>['sealed']

/**
 * Credentials encrypted in `credentials.json` with a key in `credentials.key`, in different directories: neither is worth
 * anything without the other. Both are for their user alone (0600).
 */
export function createFileStore(home: Home): CredentialStore {
  const file = join(home.data, 'credentials.json')
  const keyFile = join(home.config, 'credentials.key')
  const owner: KeyOwner = {
    code: 'auth.credential-file',
    suggestions: [`put back the ${keyFile} that belongs to ${file}`, `or remove both and log in again`],
  }
  const open = (): Secrets => createSecrets(loadSecretKey(keyFile, owner), owner)
  const change = (edit: (before: Sealed) => Sealed): Promise<void> =>
    withLock(file, async () => {
      await makeHomeDirectory(dirname(keyFile), 0o700)
      const sealed = edit(await read(file))
      await writePrivateFile(file, `${JSON.stringify({ version: 1, sealed }, undefined, 2)}\n`)
    })
  return {
    async delete(id) {
      if (id in (await read(file))) await change(({ [id]: _gone, ...rest }) => rest)
    },
    async get(id) {
      const { [id]: sealed } = await read(file)
      if (sealed === undefined) return undefined
      if (existsSync(keyFile)) return open().open(Buffer.from(sealed, 'base64'), contextOf(id))
      throw new AppError(owner.code, `${keyFile} is missing: ${file} cannot be read`, {
        suggestions: owner.suggestions,
      })
    },
    kind: 'file',
    set: (id, secret) =>
      change(before => ({ ...before, [id]: Buffer.from(open().seal(secret, contextOf(id))).toString('base64') })),
  }
}

function contextOf(id: string): string {
  return `the credential of ${id}`
}

async function read(file: string): Promise<Sealed> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw homeError(error, file)
  }
  try {
    return z.parse(sealedFile, JSON.parse(text)).sealed
  } catch (cause) {
    throw new AppError('auth.credential-file', `${file} is damaged`, {
      cause,
      suggestions: [`put it back from a backup, or remove it and log in again`],
    })
  }
}
