import * as z from 'zod/mini'
import { outputOf } from '../src/lib/cli/results/document.ts'
import type { LoadedCommand } from './load-commands.ts'

/** Below `schemas/`: `projects-create.json`. */
export function schemaFileOf(name: string): string {
  return `${name.replaceAll(' ', '-')}.json`
}

/** The JSON Schema of what the command prints under `--json`: of its document, or of each line where it streams. */
export function renderSchema({ name, result }: Pick<LoadedCommand, 'name' | 'result'>): string {
  const { $schema, ...schema } = z.toJSONSchema(outputOf(result))
  const title = `aloft ${name} --json`
  const description = 'event' in result ? 'each line' : 'the document'
  return `${JSON.stringify({ $schema, title, description, ...schema }, null, 2)}\n`
}
