import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { EdgeConfig } from '../port.ts'
import { parseEdgeConfig } from './config-schema.ts'

/** The last good configuration, so that a new process answers before anybody tells it anything. */
export interface ConfigFile {
  /** Undefined when there is none, or none that can be read. */
  load(): Promise<EdgeConfig | undefined>
  /** On disk (fsync, then rename) when it returns. */
  save(config: EdgeConfig): Promise<void>
}

export function configFile(directory: string, onUnreadable: (error: unknown) => void): ConfigFile {
  const file = join(directory, 'config.json')
  return {
    async load() {
      try {
        return parseEdgeConfig(JSON.parse(await readFile(file, 'utf8')))
      } catch (error) {
        if (!isMissing(error)) onUnreadable(error)
        return undefined
      }
    },
    save: config => writeFileAtomic(file, JSON.stringify(config), { mode: 0o600 }),
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
