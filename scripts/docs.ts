// `npm run docs`: writes what is made from code: pages, schemas and the list of commands.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { exitCodes } from '../src/lib/cli/exit-codes.ts'
import { errorCodes } from '../src/lib/core/error-codes.ts'
import { loadCommands } from './load-commands.ts'
import { renderCommands } from './render-commands.ts'
import { renderErrorCodes } from './render-error-codes.ts'
import { withExitCodes } from './render-exit-codes.ts'
import { renderSchema, schemaFileOf } from './render-schemas.ts'

const root = new URL('../', import.meta.url)
const schemas = new URL('schemas/', root)
const architecture = new URL('docs/architecture.md', root)
const commands = await loadCommands()

writeFileSync(new URL('docs/errors.md', root), renderErrorCodes(errorCodes))
rmSync(schemas, { force: true, recursive: true })
mkdirSync(schemas)
for (const command of commands) writeFileSync(new URL(schemaFileOf(command.name), schemas), renderSchema(command))
writeFileSync(architecture, withExitCodes(readFileSync(architecture, 'utf8'), exitCodes))
writeFileSync(new URL('commands.snapshot.txt', root), renderCommands(commands))
