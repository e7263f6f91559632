import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { writeFiles } from '../helpers/files.ts'
import { get } from '../helpers/load.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const CONFIG = `applications:
  web:
    type: nodejs:${process.versions.node.split('.')[0]}
    build: {flavor: none}
    hooks:
      build: node build.js
    web: {commands: {start: node server.js}}
`
const plan = z.object({ steps: z.array(z.object({ action: z.string(), phase: z.string() })) })
const activity = z.object({ id: z.string(), output: z.object({ builds: z.record(z.string(), z.string()) }) })

/** One after the other, on one project. */
describe('builds', () => {
  let workspace: Workspace
  let source: string

  beforeAll(() => {
    workspace = createWorkspace()
    source = writeFiles(join(workspace.directory, 'cached'), {
      'aloft.yaml': CONFIG,
      'build.js': "require('node:fs').writeFileSync('built.txt', `${process.env.COLOUR} ${crypto.randomUUID()}`)\n",
      'server.js':
        "const built = require('node:fs').readFileSync('built.txt')\n" +
        "require('node:http').createServer((_, response) => response.end(built)).listen(process.env.PORT)\n",
    })
  })
  afterAll(() => workspace?.close())

  it('are made once for the same tree, also in another environment of the project', async () => {
    const first = await deploy('main')
    const second = await deploy('main')
    const elsewhere = await deploy('review')

    expect(first.log).toContain('building web')
    for (const { log } of [second, elsewhere]) {
      expect(log).toMatch(/the build bld_\w+ of the same inputs is reused/)
      expect(log).not.toContain('building web')
    }
    expect(second.body).toBe(first.body)
    expect(elsewhere.body).toBe(first.body)
  })

  it('are made again for another file or build setting, and for nothing else', async () => {
    const file = join(source, 'aloft.yaml')
    const hook = CONFIG.replace('node build.js', 'node build.js && date')
    writeFileSync(join(source, '.gitignore'), '*.log\n')
    await deploy('main')
    writeFileSync(join(source, 'ignored.log'), 'x')
    expect(await planned('main')).toBe('reuse the build')

    writeFileSync(file, hook)
    expect(await planned('main')).toBe('build')
    writeFileSync(file, CONFIG)
    expect(await planned('main')).toBe('reuse the build')
    const before = readFileSync(join(source, 'server.js'), 'utf8')
    appendFileSync(join(source, 'server.js'), '// changed\n')
    expect(await planned('main')).toBe('build')
    writeFileSync(join(source, 'server.js'), before)
    expect(await planned('main')).toBe('reuse the build')
  })

  it('are made again for a variable that builds see, not for one of run time', async () => {
    expect((await workspace.aloft(['variables', 'set', 'MODE=fast', ...target('main')])).exitCode).toBe(0)
    expect(await planned('main')).toBe('reuse the build')

    const { exitCode, stderr } = await workspace.aloft(['variables', 'set', 'COLOUR=red', '--build', ...target('main')])
    const { body } = await deploy('main')

    expect(exitCode, stderr).toBe(0)
    expect(body).toMatch(/^red /)
    expect(await planned('review')).toBe('reuse the build')
  })

  it('can be made now and deployed later', async () => {
    appendFileSync(join(source, 'server.js'), '// later\n')
    const { id } = z.parse(
      z.object({ id: z.string() }),
      await workspace.json(['deploy', source, '--build-only', ...target('review')]),
    )
    const { output } = z.parse(activity, await workspace.json(['activities', 'show', id]))
    const build = output.builds['web'] ?? ''
    const before = await served('review')

    const { exitCode, stderr, stdout } = await workspace.aloft(['deploy', '--build', build, ...target('review')])

    expect(exitCode, stdout + stderr).toBe(0)
    expect(stdout + stderr).not.toContain('building web')
    expect(await served('review')).not.toBe(before)
    expect(await planned('review')).toBe('reuse the build')
  })

  async function deploy(environment: string): Promise<{ log: string; body: string }> {
    const { exitCode, stderr, stdout } = await workspace.aloft(['deploy', source, ...target(environment)])
    expect(exitCode, stdout + stderr).toBe(0)
    return { body: await served(environment), log: stdout + stderr }
  }

  async function planned(environment: string): Promise<string | undefined> {
    const { steps } = z.parse(plan, await workspace.json(['deploy', source, '--dry-run', ...target(environment)]))
    return steps.find(({ phase }) => phase === 'build')?.action
  }

  async function served(environment: string): Promise<string> {
    const { urls } = z.parse(
      z.object({ urls: z.array(z.string()) }),
      await workspace.json(['environments', 'show', environment, '--project', 'cached']),
    )
    return (await get(urls.find(each => each.startsWith('http://127.0.0.1')) ?? '')).body
  }
})

function target(environment: string): string[] {
  return ['--project', 'cached', '--environment', environment]
}
