import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import type { KeyPair } from '../../../src/lib/platform/edge/node/certificates/issuing.ts'
import { type Listening, serve } from './servers.ts'

/** The process's environment with these variables and no other proxy, until the test ends. */
export function environmentWith(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY', 'SSL_CERT_FILE'])
    for (const each of [name, name.toLowerCase()]) vi.stubEnv(each, undefined)
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  return process.env
}

/** A file that ends with the test. */
export function fileWith(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'aloft-transport-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'ca.pem')
  writeFileSync(file, text)
  return file
}

export function serveSecurely(tls: KeyPair): Promise<Listening> {
  return serve((_request, response) => response.end('{"ok":true}'), { tls })
}
