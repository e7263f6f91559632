import { chmod, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Runtime } from '../runtime.ts'
import { settingsProblems } from '../settings/settings-problems.ts'
import type { Finding } from './check.ts'

const OTHERS = 0o077

/** The directory of accounts, keys and settings: there, writable, and closed to others. */
export async function checkHome({ settings }: Runtime): Promise<Finding> {
  const name = 'home'
  const directory = dirname(settings.file)
  const { inspectDirectory } = await import('../../providers/inspection.ts')
  const { detail, remedies } = await inspectDirectory(directory)
  if (remedies) return { detail, fix: remedies[0], name, state: 'failed' }
  const { mode } = await stat(directory)
  if (process.platform === 'win32' || (mode & OTHERS) === 0)
    return { detail: `${directory} is yours alone`, name, state: 'ok' }
  return {
    detail: `others may look into ${directory}, where accounts and keys lie`,
    fix: `chmod go= ${directory}`,
    name,
    repair: () => chmod(directory, mode & ~OTHERS),
    state: 'failed',
  }
}

export function checkSettings({ settings }: Runtime): Finding {
  const name = 'settings'
  const [problem] = settingsProblems(settings)
  if (problem === undefined) return { detail: settings.file, name, state: 'ok' }
  return { detail: problem, fix: `mend ${settings.file}; see \`aloft config\``, name, state: 'failed' }
}
