import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commandFiles, loadResult, nameOf } from '../../../scripts/load-commands.ts'
import { renderSchema, schemaFileOf } from '../../../scripts/render-schemas.ts'

const schemas = new URL('../../../schemas/', import.meta.url)

/** Where anything goes: what depends on an error's code, and what an activity made. */
const OPEN = new Set(['details', 'output'])

describe('schemas/', () => {
  it.each(commandFiles)('has what %s prints with --json, as the code has it', async file => {
    const name = nameOf(file)

    const result = await loadResult(file)

    const committed = readIfThere(new URL(schemaFileOf(name), schemas))
    expect(committed, 'run `npm run docs` and commit schemas/').toBe(renderSchema({ name, result }))
    expect(openObjects(JSON.parse(committed))).toEqual([])
  })

  it('has no schema of a command that is gone', () => {
    const files = commandFiles.map(file => schemaFileOf(nameOf(file)))

    expect(readdirSync(schemas).toSorted(), 'run `npm run docs`').toEqual(files.toSorted())
  })
})

function readIfThere(file: URL): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return 'null'
  }
}

/** Names of objects that allow fields which are not declared. */
function openObjects(schema: unknown, name = ''): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const isOpen = 'properties' in schema && !('additionalProperties' in schema && schema.additionalProperties === false)
  const inside = Object.entries(schema).flatMap(([key, value]) => (OPEN.has(key) ? [] : openObjects(value, key)))
  return isOpen ? [name, ...inside] : inside
}
