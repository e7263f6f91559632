import { dirname } from 'node:path'
import { writePrivateFile } from '../credentials/write-private-file.ts'
import { makeHomeDirectory } from '../protocol/make-home.ts'

/** Writes a file of the user's home, whole or not at all, and makes its directory. @throws usage.home, failed.disk-full */
export async function writeUserFile(path: string, text: string): Promise<void> {
  await makeHomeDirectory(dirname(path), 0o700)
  await writePrivateFile(path, text)
}
