import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Interfaces, Plugin } from '@oclif/core'
import type { Program } from '../../src/lib/cli/program.ts'
import { commands, files } from './source-commands.mjs'

/** The repository's directory. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The file of each command below `src/commands`, by id. */
export const commandFiles = files

export const packageFile: Interfaces.PJSON = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'))

/** aloft as its sources are now: with all commands loaded, which is slow, and nothing built. */
export async function readSourceProgram(): Promise<Program> {
  const plugin = new Plugin({
    errorOnManifestCreate: true,
    ignoreManifest: true,
    isRoot: true,
    pjson: {
      ...packageFile,
      oclif: {
        ...packageFile.oclif,
        commands: { identifier: 'commands', strategy: 'explicit', target: './scripts/build/source-commands.mjs' },
      },
    },
    respectNoCacheDefault: true,
    root: ROOT,
  })
  await plugin.load()
  return {
    // as it is after a build: without what JSON does not carry
    commands: JSON.parse(JSON.stringify(plugin.manifest.commands)),
    load: Object.fromEntries(Object.entries(commands).map(([id, command]) => [id, async () => ({ default: command })])),
    packageFile,
    root: ROOT,
  }
}
