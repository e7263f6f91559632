import { createReadStream } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { AGE_MAGIC, decrypt } from '../../bundle/encrypt.ts'
import { AppError } from '../../core/errors.ts'
import type { UploadBackup } from '../../providers/backups-port.ts'

/**
 * What of a file is sent. An encrypted one is decrypted here, once to its end before anything is sent: neither the identity nor
 * what is damaged leaves this machine.
 * @throws not-found.file, usage.input-required without the identity it needs, usage.flag, failed.verify
 */
export async function openUpload(
  file: string,
  identityFile: string | undefined,
): Promise<Pick<UploadBackup, 'bytes' | 'open'>> {
  const bytes = await sizeOf(file)
  if (!(await isEncrypted(file))) {
    if (identityFile !== undefined)
      throw new AppError('usage.flag', `${file} is not encrypted`, { suggestions: ['leave out --identity'] })
    return { bytes, open: offset => createReadStream(file, { start: offset }) }
  }
  if (identityFile === undefined)
    throw new AppError('usage.input-required', `${file} is encrypted: pass --identity FILE`, {
      details: { flag: 'identity' },
    })
  const identities = await readIdentities(identityFile)
  const decrypted = (): Promise<Readable> => decrypt(createReadStream(file), identities)
  return { bytes: await lengthOf(await decrypted(), file), open: offset => skip(decrypted, offset) }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() === true && found.size > 0) return found.size
  const what = found?.isFile() === true ? 'is empty' : found ? 'is no file' : 'is not there'
  throw new AppError('not-found.file', `${file} ${what}`)
}

async function isEncrypted(file: string): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    const { buffer } = await handle.read(Buffer.alloc(AGE_MAGIC.length), 0, AGE_MAGIC.length, 0)
    return buffer.toString('latin1') === AGE_MAGIC
  } finally {
    await handle.close()
  }
}

/** As age writes them: one a line, `#` before comments. */
async function readIdentities(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('not-found.file', `${file} cannot be read`, { cause })
  })
  const identities = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
  if (identities.length > 0 && identities.every(line => line.startsWith('AGE-SECRET-KEY-'))) return identities
  throw new AppError('usage.flag', `${file} has no identity of age in it`, {
    suggestions: ['a line of it begins with AGE-SECRET-KEY-1'],
  })
}

/** @throws failed.verify */
async function lengthOf(stream: Readable, file: string): Promise<number> {
  let bytes = 0
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) bytes += chunk.length
  } catch (cause) {
    throw new AppError('failed.verify', `${file} is damaged or cut off: it cannot be decrypted to its end`, { cause })
  }
  return bytes
}

async function* skip(reopen: () => Promise<Readable>, offset: number): AsyncGenerator<Uint8Array> {
  let left = offset
  for await (const chunk of (await reopen()) as AsyncIterable<Uint8Array>) {
    if (left < chunk.length) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}
