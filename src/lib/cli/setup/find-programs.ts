import { accessSync, constants, globSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { ServiceProgram } from '../../config/service-programs.ts'

/** Where systems install servers, whatever PATH a user has. */
const DIRECTORIES = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin']

export function isInstalled({ programs }: ServiceProgram, path = ''): boolean {
  const directories = [...DIRECTORIES, ...path.split(delimiter).filter(isAbsolute)]
  return programs.some(program =>
    isAbsolute(program)
      ? globSync(program).some(isExecutable)
      : directories.some(directory => isExecutable(join(directory, program))),
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
