import { AppError } from '../../../core/errors.ts'
import { compareVersions, findSystemProgram, programVersion } from '../../services/versions.ts'

/** The first that compresses (repository format 2). */
const MINIMUM = '0.14'

/** Path of the system's restic. @throws failed.tool-missing where there is none, or an older one */
export async function findRestic(): Promise<string> {
  const program = findSystemProgram('restic')
  const version = program === undefined ? undefined : await programVersion(program, 'version')
  if (program === undefined || version === undefined) throw missingRestic('it is not installed')
  if (compareVersions(version, MINIMUM) < 0) throw missingRestic(`${version} is installed`)
  return program
}

export function missingRestic(what: string): AppError {
  return new AppError('failed.tool-missing', `restic ${MINIMUM} or newer is needed for deduplicated backups; ${what}`, {
    details: { packages: ['restic'], tool: 'restic' },
    suggestions: [
      'apt-get install restic',
      'nothing of the backups is lost: they are there again once it is installed',
    ],
  })
}
