import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileStore } from '../../../src/lib/credentials/file-store.ts'
import { resolveHome } from '../../../src/lib/protocol/home.ts'
import { describeCredentialStore } from './credential-store-contract.ts'

describeCredentialStore('encrypted file', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'aloft-credentials-'))
  const home = resolveHome({ ALOFT_HOME: directory })
  return {
    close: async () => rmSync(directory, { force: true, recursive: true }),
    open: () => createFileStore(home),
  }
})
