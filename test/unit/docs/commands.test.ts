import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadCommands } from '../../../scripts/load-commands.ts'
import { renderCommands } from '../../../scripts/render-commands.ts'
import { withExitCodes } from '../../../scripts/render-exit-codes.ts'
import { exitCodes } from '../../../src/lib/cli/exit-codes.ts'
import { errorCodes } from '../../../src/lib/core/error-codes.ts'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

test('commands.snapshot.txt has every command as the code has it', async () => {
  const commands = await loadCommands()

  expect(read('commands.snapshot.txt'), 'run `npm run docs` and look at the difference: scripts rely on it').toBe(
    renderCommands(commands),
  )
})

test('README.md has every command in its table, by its first word', async () => {
  const cells = [...read('README.md').matchAll(/^\| (`[^|]*(?:\\\|[^|]*)*) \|/gm)].map(([, cell = '']) => cell)
  const named = new Set(cells.flatMap(cell => [...cell.matchAll(/`(\w+)/g)].map(([, word]) => word)))

  const commands = await loadCommands()

  const missing = commands.filter(({ command, name }) => !command.hidden && !named.has(name.split(' ')[0]))
  expect(missing.map(({ name }) => name)).toEqual([])
})

test('docs/architecture.md has the exit codes as the code has them', () => {
  const page = read('docs/architecture.md')

  expect(page, 'run `npm run docs`').toBe(withExitCodes(page, exitCodes))
})

test('every kind of error has its exit code', () => {
  const kinds = exitCodes.flatMap(each => ('kind' in each ? [each.kind] : []))

  for (const code of Object.keys(errorCodes)) expect(kinds).toContain(code.split('.')[0])
})
