// oclif finds no TypeScript by itself: the commands of src/commands by id, loaded by Node's own type stripping.
import { globSync } from 'node:fs'

const directory = new URL('../../src/commands/', import.meta.url)

/** The file of each command, by id: `projects/index.ts` is `projects`, `projects/show.ts` is `projects:show`. */
export const files = Object.fromEntries(
  globSync('**/*.ts', { cwd: directory })
    .toSorted()
    .map(file => [file.replace(/(\/index)?\.ts$/, '').replaceAll('/', ':'), file]),
)

export const commands = Object.fromEntries(
  await Promise.all(
    Object.entries(files).map(async ([id, file]) => [id, (await import(new URL(file, directory).href)).default]),
  ),
)
