import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod/mini'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const forbidden = [
  ['src/lib/core/a.ts', 'zod'],
  ['src/lib/core/a.ts', 'node:fs'],
  ['src/lib/core/a.ts', '../stream/lines.ts'],
  ['src/lib/core/model/a.ts', '../../stream/lines.ts'],
  ['src/lib/core/model/a.ts', 'zod'],
  ['src/lib/stream/a.ts', '../protocol/api.ts'],
  ['src/lib/stream/a.ts', '../providers/port.ts'],
  ['src/lib/stream/a.ts', 'chalk'],
  ['src/lib/secrets/a.ts', '../protocol/home.ts'],
  ['src/lib/secrets/a.ts', '../platform/layout.ts'],
  ['src/lib/credentials/a.ts', '../providers/port.ts'],
  ['src/lib/credentials/a.ts', '../cli/flags.ts'],
  ['src/lib/protocol/a.ts', '../platform/layout.ts'],
  ['src/lib/protocol/a.ts', '../transport/http.ts'],
  ['src/lib/transport/a.ts', '../providers/platform/index.ts'],
  ['src/lib/transport/a.ts', '../config/detect.ts'],
  ['src/lib/config/liferay/a.ts', '../../platform/deploy/plan.ts'],
  ['src/lib/config/a.ts', '@oclif/core'],
  ['src/lib/source/a.ts', '../transport/http.ts'],
  ['src/lib/source/a.ts', '../platform/layout.ts'],
  ['src/lib/bundle/a.ts', '../cli/flags.ts'],
  ['src/lib/providers/registry.ts', '../platform/server/main.ts'],
  ['src/lib/providers/platform/a.ts', '../../platform/layout.ts'],
  ['src/lib/providers/platform/a.ts', '../liferay/index.ts'],
  ['src/lib/providers/platform/a.ts', '../../cli/flags.ts'],
  ['src/lib/providers/platform/a.ts', 'inquirer'],
  ['src/lib/providers/liferay/a.ts', '../platform/index.ts'],
  ['src/lib/providers/liferay/a.ts', '../../platform/layout.ts'],
  ['src/lib/providers/liferay/a.ts', '../../protocol/api.ts'],
  ['src/lib/providers/liferay/deep/a.ts', '../../platform/index.ts'],
  ['src/lib/providers/platform/a.ts', '../../credentials/store.ts'],
  ['src/lib/platform/server/a.ts', '../../cli/flags.ts'],
  ['src/lib/platform/server/a.ts', '../../credentials/store.ts'],
  ['src/lib/platform/server/routes/a.ts', '../../../providers/port.ts'],
  ['src/lib/platform/a.ts', '../../commands/deploy.ts'],
  ['src/lib/platform/a.ts', 'listr2'],
  ['src/lib/cli/a.ts', '../platform/layout.ts'],
  ['src/lib/cli/a.ts', '../protocol/api.ts'],
  ['src/lib/cli/a.ts', '../../commands/deploy.ts'],
  ['src/lib/cli/render/a.ts', '../../transport/http.ts'],
  ['src/lib/cli/a.ts', '../providers/platform/index.ts'],
  ['src/commands/a.ts', '../lib/platform/layout.ts'],
  ['src/commands/projects/a.ts', '../../lib/protocol/api.ts'],
  ['src/commands/projects/a.ts', '../../lib/transport/http.ts'],
  ['src/commands/projects/a.ts', '../../lib/providers/liferay/index.ts'],
] as const

const allowed = [
  ['src/lib/core/a.ts', './errors.ts'],
  ['src/lib/core/model/a.ts', '../errors.ts'],
  ['src/lib/stream/a.ts', '../core/events.ts'],
  ['src/lib/credentials/a.ts', '../secrets/seal.ts'],
  ['src/lib/credentials/a.ts', '../transport/http.ts'],
  ['src/lib/platform/store/a.ts', '../../secrets/seal.ts'],
  ['src/lib/protocol/a.ts', 'zod/mini'],
  ['src/lib/transport/a.ts', '../stream/lines.ts'],
  ['src/lib/config/a.ts', '../core/model.ts'],
  ['src/lib/config/liferay/a.ts', '../environment-spec.ts'],
  ['src/lib/providers/registry.ts', './platform/index.ts'],
  ['src/lib/providers/accounts.ts', '../credentials/store.ts'],
  ['src/lib/providers/platform/a.ts', '../port.ts'],
  ['src/lib/providers/platform/a.ts', '../../protocol/api.ts'],
  ['src/lib/providers/liferay/a.ts', '../../transport/http.ts'],
  ['src/lib/platform/server/a.ts', '../deploy/plan.ts'],
  ['src/lib/platform/server/a.ts', '../../protocol/api.ts'],
  ['src/lib/cli/a.ts', '../providers/port.ts'],
  ['src/lib/cli/a.ts', '../providers/registry.ts'],
  ['src/lib/cli/a.ts', 'chalk'],
  ['src/commands/platform/a.ts', '../../lib/cli/base-command.ts'],
  ['src/commands/a.ts', '@oclif/core'],
] as const

const inEachForm = [
  "import '../providers/port.ts'",
  "import type { Provider } from '../providers/port.ts'",
  "export { Provider } from '../providers/port.ts'",
  "export const lazy = import('../providers/port.ts')",
]

const place = mkdtempSync(join(tmpdir(), 'aloft-lint-'))
const refused = new Set<string>()

const Report = z.object({
  diagnostics: z.array(z.object({ code: z.string(), filename: z.string(), message: z.string() })),
})

beforeAll(() => {
  cpSync(join(root, '.oxlintrc.json'), join(place, '.oxlintrc.json'))
  for (const [file, specifier] of [...forbidden, ...allowed]) {
    write(file, `export const lazy${specifier.replaceAll(/\W/g, '_')} = import('${specifier}')\n`)
  }
  for (const [index, statement] of inEachForm.entries()) write(`src/lib/bundle/form-${index}.ts`, `${statement}\n`)

  const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['--format=json', '.'], {
    cwd: place,
    encoding: 'utf8',
  })
  for (const { code, filename, message } of z.parse(Report, JSON.parse(stdout)).diagnostics) {
    if (code.includes('no-restricted-imports')) refused.add(`${filename} ${/'(.*?)'/.exec(message)?.[1]}`)
  }
})

afterAll(() => rmSync(place, { recursive: true, force: true }))

test.each(forbidden)('%s may not import %s', (file, specifier) => {
  expect(refused).toContain(`${file} ${specifier}`)
})

test.each(allowed)('%s may import %s', (file, specifier) => {
  expect(refused).not.toContain(`${file} ${specifier}`)
})

test.each([...inEachForm.entries()])('form %i of a forbidden import is found: %s', index => {
  expect(refused).toContain(`src/lib/bundle/form-${index}.ts ../providers/port.ts`)
})

function write(file: string, text: string): void {
  mkdirSync(dirname(join(place, file)), { recursive: true })
  appendFileSync(join(place, file), text)
}
