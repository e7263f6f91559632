import { lstatSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'

/**
 * Makes directories where volumes will be mounted. What the build left on the way must be directories: a link could lead
 * out of the artifact. @throws failed.build
 */
export function makeMountPoints(app: string, paths: readonly string[]): void {
  for (const path of paths) {
    let directory = app
    for (const name of path.split('/').filter(part => part !== '' && part !== '.')) {
      if (name === '..') throw inTheWay(path, 'it leaves the application')
      directory = join(directory, name)
      const found = lstatSync(directory, { throwIfNoEntry: false })
      if (found && !found.isDirectory())
        throw inTheWay(path, `there is ${found.isSymbolicLink() ? 'a link' : 'a file'} in its way`)
      if (!found) mkdirSync(directory, { mode: 0o755 })
    }
  }
}

function inTheWay(path: string, reason: string): AppError {
  return new AppError('failed.build', `the mount ${path} has no place in the build: ${reason}`, {
    details: { phase: 'build', step: 'mounts' },
    suggestions: ['remove that file from the source or from what the build makes, or choose another mount path'],
  })
}
