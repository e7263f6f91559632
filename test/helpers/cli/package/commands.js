import { readdirSync } from 'node:fs'

/* oclif finds no TypeScript by itself: the commands of src/commands by their ids, loaded by Node's own type stripping. */

const directory = new URL('../../../../src/commands/', import.meta.url)
const files = readdirSync(directory, { recursive: true }).filter(file => file.endsWith('.ts'))

export const commands = Object.fromEntries(
  await Promise.all(
    files.map(async file => {
      const id = file.replace(/(\/index)?\.ts$/, '').replaceAll('/', ':')
      return [id, (await import(new URL(file, directory).href)).default]
    }),
  ),
)
