import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cleanEnvironment, type Command } from './measure.ts'

const PROGRAM = fileURLToPath(new URL('../bin/run.js', import.meta.url))

const execute = promisify(execFile)

/** The built command, with a home of its own and so a platform of its own. */
export interface Aloft {
  /** Its `ALOFT_HOME`. */
  readonly home: string
  readonly command: (...args: readonly string[]) => Command
  /** Resolves with what it prints. @throws unless it succeeds */
  readonly run: (...args: readonly string[]) => Promise<string>
}

/** Below `directory`, whose path has to be short. */
export function createAloft(directory: string): Aloft {
  const home = join(directory, 'home')
  const command = (...args: readonly string[]): Command => ({
    argv: [process.execPath, PROGRAM, ...args],
    env: { ALOFT_HOME: home },
    label: `aloft ${args[0]}`,
  })
  return {
    command,
    home,
    run: async (...args) => {
      const { stdout } = await execute(process.execPath, [PROGRAM, ...args], {
        env: { ...cleanEnvironment(), ALOFT_HOME: home },
      })
      return stdout
    },
  }
}
