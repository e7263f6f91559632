import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { Provider } from '../../../src/lib/providers/port.ts'
import { openLocalPlatform, openProvider } from '../../../src/lib/providers/registry.ts'
import { runCommand } from '../../helpers/cli/run-command.ts'
import { until } from '../../helpers/until.ts'
import { repository } from '../../helpers/workspace.ts'

type Runnable = Parameters<typeof runCommand>[0]

/** `code` and `exitCode` of a failure, or the result. */
const document = z.object({ error: z.optional(z.object({ code: z.string() })), result: z.optional(z.unknown()) })

const main = ['-p', 'shop', '-e', 'main']
const { signal } = new AbortController()
let root = ''
let environment: NodeJS.ProcessEnv = {}
let provider: Provider

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'aloft-dry-run-'))
  chmodSync(root, 0o711)
  environment = { ...process.env, ALOFT_HOME: join(root, 'home') }
  const site = join(root, 'site')
  cpSync(join(repository, 'examples/static-site'), site, { recursive: true })
  provider = await openProvider({ environment })
  const call = { signal }
  const target = { environment: 'main', project: 'shop' }
  const started = await provider.deploys?.start(
    { environment: target, input: { directory: site, kind: 'source' } },
    call,
  )
  await until('the deploy is finished', async () => {
    const activity = await provider.activities?.get(started?.id ?? '', call)
    return activity?.state === 'finished' && activity
  })
  await provider.environments.create({ environment: 'stage', parent: 'main', project: 'shop' }, call)
  const variable = { name: 'SIZE', secret: false, value: 'xl', visibleAtBuild: true, visibleAtRuntime: true }
  await provider.variables?.change({ environment: { project: 'shop' }, set: [variable], unset: [] }, call)
  await (await openLocalPlatform({ environment })).tokens.create({ name: 'ci', scope: 'read' }, call)
})

afterAll(async () => {
  await provider.close()
  await (await openLocalPlatform({ environment })).stop({ all: true }, { signal })
  rmSync(root, { force: true, maxRetries: 5, recursive: true })
})

async function run(file: string, argv: readonly string[]) {
  const url = new URL(`../../../src/commands/${file}`, import.meta.url)
  const module: { default: Runnable } = await import(url.href)
  const { exitCode, stdout } = await runCommand(module.default, [...argv, '--json'], {
    provider: { ...provider, close: async () => {} },
    runtime: { openLocalPlatform: async () => openLocalPlatform({ environment }) },
  })
  return { ...z.parse(document, JSON.parse(stdout)), exitCode }
}

/** Everything that a change could have touched. */
async function state(): Promise<unknown> {
  const call = { signal }
  const platform = await openLocalPlatform({ environment })
  return {
    activities: await Array.fromAsync(provider.activities?.list({}, call) ?? []),
    environments: await Array.fromAsync(provider.environments.list('shop', call)),
    projects: await Array.fromAsync(provider.projects.list(call)),
    tokens: await platform.tokens.list(call),
    variables: [
      ...(await Array.fromAsync(provider.variables?.list({ project: 'shop' }, call) ?? [])),
      ...(await Array.fromAsync(provider.variables?.list({ environment: 'main', project: 'shop' }, call) ?? [])),
    ],
  }
}

describe('a dry run on the embedded platform', () => {
  it.each([
    ['activities/answer.ts', ['act_none', 'go']],
    ['activities/cancel.ts', ['act_none']],
    ['environments/create.ts', ['main', '-p', 'shop']],
    ['environments/create.ts', ['Main!', '-p', 'shop']],
    ['environments/create.ts', ['new-one', '-p', 'shoe']],
    ['environments/create.ts', ['new-one', '-p', 'shop', '--parent', 'none-such']],
    ['environments/delete.ts', ['main', '-p', 'shop', '--confirm', 'main']],
    ['link.ts', ['-p', 'shop', '-e', 'none-such']],
    ['projects/create.ts', ['shop']],
    ['projects/create.ts', ['all']],
    ['restart.ts', ['nobody', ...main]],
    ['restart.ts', ['-p', 'shop', '-e', 'stage']],
    ['rollback.ts', main],
    ['rollback.ts', ['dep_none', ...main]],
    ['rollback.ts', ['-p', 'shop', '-e', 'stage']],
    ['scale.ts', ['nobody=2', ...main]],
    ['scale.ts', ['web=2', '-p', 'shop', '-e', 'stage']],
    ['tokens/create.ts', ['ci']],
    ['tokens/create.ts', ['']],
    ['tokens/create.ts', ['..']],
    ['tokens/create.ts', ['a\nb']],
    ['tokens/create.ts', ['late', '--expires', '100000d']],
    ['variables/set.ts', ['PATH=/tmp', ...main]],
    ['variables/set.ts', ['A:B=1', '-p', 'shop']],
    ['variables/set.ts', ['A=1', '-p', 'shoe', '-e', 'main']],
    ['variables/unset.ts', ['SIZE', ...main]],
    ['variables/unset.ts', ['NONE', '-p', 'shop']],
  ])('of %s %j is refused as the change itself is', async (file, argv) => {
    const dry = await run(file, [...argv, '--dry-run'])
    const real = await run(file, argv)

    expect(real.error?.code).toBeDefined()
    expect([dry.exitCode, dry.error?.code]).toEqual([real.exitCode, real.error?.code])
  })

  it.each([
    [
      'environments/create.ts',
      ['new-one', '-p', 'shop', '--parent', 'main'],
      ['create environment shop/new-one', 'copy data environment shop/new-one', 'deploy environment shop/new-one'],
    ],
    ['environments/create.ts', ['new-one', '-p', 'shop', '--parent', 'stage'], ['create environment shop/new-one']],
    ['environments/delete.ts', ['stage', '-p', 'shop'], ['delete environment shop/stage']],
    ['environments/delete.ts', ['none-such', '-p', 'shop'], []],
    [
      'projects/delete.ts',
      ['shop'],
      ['delete environment shop/stage', 'delete environment shop/main', 'delete project shop'],
    ],
    ['projects/delete.ts', ['none-such'], []],
    ['tokens/revoke.ts', ['ci'], ['revoke token ci']],
    ['tokens/revoke.ts', ['none-such'], []],
    ['variables/set.ts', ['A=1', '--build', ...main], ['set variable A', 'deploy again environment shop/main']],
    ['variables/set.ts', ['A=1', ...main], ['set variable A', 'restart environment shop/main']],
    ['variables/unset.ts', ['SIZE', '-p', 'shop'], ['unset variable SIZE']],
  ])('of %s %j names each step and leaves everything as it was', async (file, argv, steps) => {
    const before = await state()

    const { exitCode, result } = await run(file, [...argv, '--dry-run'])

    const plan = z.parse(
      z.object({ steps: z.array(z.object({ action: z.string(), kind: z.string(), name: z.string() })) }),
      result,
    )
    expect(exitCode).toBe(0)
    expect(plan.steps.map(({ action, kind, name }) => `${action} ${kind} ${name}`)).toEqual(steps)
    expect(await state()).toEqual(before)
  })
})
