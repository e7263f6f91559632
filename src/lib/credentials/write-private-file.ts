import { dirname } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { diskError } from '../core/disk-errors.ts'
import { homeError } from '../protocol/make-home.ts'

/** Whole or not at all, and for its user alone (0600). @throws failed.disk-full, usage.home */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  try {
    await writeFileAtomic(path, text, { mode: 0o600 })
  } catch (error) {
    throw homeError(diskError(error, dirname(path)), path)
  }
}
