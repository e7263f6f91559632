import { execFileSync, fork } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, statfsSync, writeFileSync } from 'node:fs' // prettier-ignore
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ApplicationSpec } from '../../../src/lib/config/environment-spec.ts'
import type { BuildLine, BuildRequest, BuildResult } from '../../../src/lib/platform/build/build-request.ts'
import { type Builder, createBuilder } from '../../../src/lib/platform/build/builder.ts'
import { removeTree } from '../../../src/lib/platform/remove-tree.ts'
import { createRuntimes } from '../../../src/lib/platform/build/runtimes.ts'
import { type Layout, createLayout } from '../../../src/lib/platform/layout.ts'
import { createSourceStore } from '../../../src/lib/platform/source/source-store.ts'
import { resolveHome } from '../../../src/lib/protocol/home.ts'
import { applicationSpec } from '../../helpers/specs.ts'
import { storeDirectory } from './store-directory.ts'
import { type SpawningEngine, createSpawningEngine } from './spawning-engine.ts'

let base: string
let root: string
let layout: Layout
let engine: SpawningEngine
let builder: Builder
let lines: BuildLine[]

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'aloft-build-'))
  root = join(base, 'app')
  lines = []
  write('server.js', 'console.log(1)')
  open(join(base, 'home'))
})
afterEach(() => removeTree(base))

function open(home: string): void {
  layout = createLayout(resolveHome({ ALOFT_HOME: home }))
  engine = createSpawningEngine(layout)
  builder = createBuilder({ engine, layout, sources: createSourceStore({ directory: layout.sources }) })
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

const { build: noBuild } = applicationSpec('web')
const hook = (script: string): Partial<ApplicationSpec> => ({ build: { ...noBuild, hook: script } })

async function build(
  application: Partial<ApplicationSpec> = {},
  over: Partial<BuildRequest> & { signal?: AbortSignal; by?: Builder } = {},
): Promise<BuildResult> {
  const { by = builder, signal = new AbortController().signal, ...request } = over
  const tree = await storeDirectory(root, createSourceStore({ directory: layout.sources }))
  return by.build(
    {
      application: applicationSpec('web', application),
      format: 'aloft',
      project: 'prj_1',
      projectName: 'shop',
      tree,
      variables: {},
      ...request,
    },
    { onLine: line => lines.push(line), signal },
  )
}

const app = ({ build: { id } }: BuildResult): string => join(layout.artifacts, id, 'app')
const printed = (): string[] => lines.filter(({ stream }) => stream !== 'note').map(({ text }) => text)

describe('a build', () => {
  test('runs the hook in the application, freezes what it made, and describes it', async () => {
    const mount = { path: 'var/uploads', source: 'shared', sourcePath: '', volume: 'up' } as const
    const script =
      'false\necho made > out.txt; mkdir private; echo x > private/x; chmod 000 private/x; mkfifo pipe; ln -s out.txt link'
    const result = await build({ ...hook(script), mounts: [mount] })
    expect(result).toMatchObject({
      build: { application: 'web', project: 'prj_1', runtime: expect.stringMatching(/^nodejs /) },
      reused: false,
    })
    expect(readFileSync(join(app(result), 'out.txt'), 'utf8')).toBe('made\n')
    const modes = ['', 'out.txt', 'private', 'private/x', 'var/uploads'].map(path =>
      (lstatSync(join(app(result), path)).mode & 0o777).toString(8),
    )
    expect(modes).toEqual(['555', '444', '555', '444', '555'])
    expect(existsSync(join(app(result), 'pipe'))).toBe(false)
    expect(builder.find(result.build.id)).toMatchObject({ files: 3, mountPoints: ['var/uploads'], sizeBytes: 21 })
    expect(readdirSync(join(layout.artifacts, result.build.id)).toSorted()).toEqual(['app', 'manifest.json'])
  })

  test('of the same inputs is reused, of others not', async () => {
    const first = await build(hook('date +%N > stamp'))
    expect(await build(hook('date +%N > stamp'))).toEqual({ ...first, reused: true })
    expect(engine.jobs).toHaveLength(1)
    const changed = await build(hook('date +%N > stamp'), { variables: { REBUILD_DATE: '1' } })
    expect(changed.build.id).not.toBe(first.build.id)
    write('server.js', 'console.log(2)')
    expect((await build(hook('date +%N > stamp'))).build.id).not.toBe(first.build.id)
  })

  test('asked for twice at the same time runs once', async () => {
    const [a, b] = await Promise.all([build(hook('echo once')), build(hook('echo once'))])
    expect([a.reused, b.reused].filter(Boolean)).toHaveLength(1)
    expect(engine.jobs).toHaveLength(1)
  })

  test('sees the documented variables and those given, and nothing of the platform', async () => {
    process.env['ALOFT_TEST_LEAK'] = 'leak'
    const result = await build(
      {
        ...hook('env; pwd'),
        variablesPrefix: 'PLATFORM_',
        build: { ...noBuild, hook: 'env', variables: { MODE: 'file', OWN: '1' } },
      },
      { variables: { MODE: 'project' } },
    )
    delete process.env['ALOFT_TEST_LEAK']
    const env = printed()
    expect(env).toContain('MODE=project')
    expect(env).toContain('OWN=1')
    expect(env).toContain('CI=1')
    expect(env).toContain('PLATFORM_APPLICATION_NAME=web')
    expect(env).toContain('PLATFORM_PROJECT=shop')
    expect(env).toContain(`PLATFORM_APP_DIR=${app(result)}`)
    expect(env).toContain(`PLATFORM_CACHE_DIR=${join(layout.buildCaches, 'prj_1')}`)
    expect(env.join('\n')).not.toContain('leak')
    expect(env.some(line => /_(BRANCH|ENVIRONMENT|ROUTES|RELATIONSHIPS)=/.test(line))).toBe(false)
    const application: unknown = JSON.parse(
      Buffer.from(env.find(line => line.startsWith('PLATFORM_APPLICATION='))?.slice(21) ?? '', 'base64').toString(),
    )
    expect(application).toMatchObject({ hooks: { build: 'env' }, name: 'web', type: 'nodejs' })
    expect(application).not.toHaveProperty('crons')
  })

  test('of an application further down takes its directory alone', async () => {
    write('services/api/index.js', '')
    const result = await build({ root: 'services/api' })
    expect(readdirSync(app(result))).toEqual(['index.js'])
  })

  test('keeps a cache directory for the project across builds', async () => {
    const script = 'cat "$ALOFT_CACHE_DIR/seen" 2>/dev/null; echo seen > "$ALOFT_CACHE_DIR/seen"'
    await build(hook(script))
    await build(hook(script), { variables: { AGAIN: '1' } })
    expect(printed()).toEqual(['seen'])
  })

  test('installs with npm, runs the hook with development tools, and prunes them for detected applications', async () => {
    write('tool/package.json', JSON.stringify({ bin: { 'make-it': 'x.js' }, name: 'tool', version: '1.0.0' }))
    write('tool/x.js', "#!/usr/bin/env node\nrequire('fs').writeFileSync('built', process.version)\n")
    chmodSync(join(root, 'tool/x.js'), 0o755)
    write(
      'package.json',
      JSON.stringify({
        devDependencies: { tool: 'file:./tool' },
        name: 'web',
        scripts: { build: 'make-it' },
        version: '1.0.0',
      }),
    )
    const application = {
      build: { ...noBuild, flavor: 'npm', hook: 'npm run build' },
      runtime: { name: 'nodejs' },
    } as const
    const result = await build(application, { format: 'detected' })
    expect(readFileSync(join(app(result), 'built'), 'utf8')).toBe(`v${result.build.runtime.slice('nodejs '.length)}`)
    expect(existsSync(join(app(result), 'node_modules/tool'))).toBe(false)
    const documented = await build(application, { format: 'upsun' })
    expect(readlinkSync(join(app(documented), 'node_modules/tool'))).toBe('../tool')
  })

  test('makes a Python environment that works wherever the artifact is shown', async () => {
    write('requirements.txt', '')
    const result = await build({ build: { ...noBuild, flavor: 'pip' }, runtime: { name: 'python' } })
    expect(result.path[0]).toBe('.venv/bin')
    expect(readFileSync(join(app(result), '.venv/bin/pip'), 'utf8')).toMatch(/^#!\/usr\/bin\/env python3\n/)
    const moved = join(base, 'moved')
    execFileSync('cp', ['-a', app(result), moved])
    const prefix = execFileSync('pip', ['--version'], {
      encoding: 'utf8',
      env: { PATH: `${moved}/.venv/bin:/usr/bin:/bin` },
    })
    expect(prefix).toContain(moved)
  })
})

describe('a build that fails', () => {
  test('names step, exit code and last lines, and leaves nothing', async () => {
    await expect(build(hook('for i in $(seq 50); do echo line $i; done; exit 3'))).rejects.toMatchObject({
      code: 'failed.build',
      details: { exitCode: 3, lastLines: expect.arrayContaining(['line 31', 'line 50']), phase: 'build', step: 'hook' },
    })
    expect(readdirSync(layout.artifacts)).toEqual([])
  })

  test('for want of a tool names it and how to install it', async () => {
    write('composer.json', '{}')
    const bin = join(base, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'php8.2'), '#!/bin/sh\necho "PHP 8.2.1"\n', { mode: 0o755 })
    const runtimes = createRuntimes({ home: base, path: bin, standard: [], unprivileged: false })
    const by = createBuilder({ engine, layout, runtimes, sources: createSourceStore({ directory: layout.sources }) })
    const php = { build: { ...noBuild, flavor: 'composer' }, runtime: { name: 'php', version: '8.2' } } as const
    await expect(build(php, { by })).rejects.toMatchObject({
      code: 'failed.tool-missing',
      details: { tool: 'composer' },
    })
    await expect(build({ runtime: { name: 'python' } }, { by })).rejects.toMatchObject({ details: { tool: 'python' }, suggestions: expect.arrayContaining(['apt-get install python3']) }) // prettier-ignore
    expect(readdirSync(layout.artifacts)).toEqual([])
  })

  test('because a mount would lead out of it by a link the build made', async () => {
    const mount = { path: 'var/up', source: 'shared', sourcePath: '', volume: 'up' } as const
    await expect(build({ ...hook('ln -s /etc var'), mounts: [mount] })).rejects.toMatchObject({ code: 'failed.build', message: expect.stringContaining('var/up') }) // prettier-ignore
    expect(existsSync('/etc/up')).toBe(false)
  })

  test('when it is cancelled ends its command and leaves nothing', async () => {
    const controller = new AbortController()
    const running = build(hook('sleep 60'), { signal: controller.signal })
    while (engine.jobs.length === 0) await new Promise(resolve => setImmediate(resolve))
    controller.abort()
    await expect(running).rejects.toMatchObject({ code: 'failed.cancelled' })
    expect(engine.cancelled).toEqual([engine.jobs[0]?.id])
    expect(readdirSync(layout.artifacts)).toEqual([])
    await expect(build(hook('true'), { signal: controller.signal })).rejects.toMatchObject({ code: 'failed.cancelled' })
  })
})

test('kill -9 of the platform in the middle of a build: the next one ends the old command and builds anew', async () => {
  const tree = await storeDirectory(root, createSourceStore({ directory: layout.sources }))
  const script =
    'echo $$ > "$ALOFT_CACHE_DIR/pid"; echo half > half; [ -e "$ALOFT_CACHE_DIR/fast" ] || sleep 60; echo whole > whole'
  const child = fork(new URL('./build-once.mjs', import.meta.url), [join(base, 'home'), tree, script])
  await new Promise(resolve => child.once('message', resolve))
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  const pid = readFileSync(join(layout.buildCaches, 'prj_1', 'pid'), 'utf8')
  const [id = ''] = readdirSync(layout.artifacts)
  const left = readFileSync(join(layout.artifacts, id, 'job'), 'utf8')
  expect(builder.find(id)).toBeUndefined()
  writeFileSync(join(layout.buildCaches, 'prj_1', 'fast'), '')
  const result = await build(hook(script), { tree })
  expect(result).toMatchObject({ build: { id }, reused: false })
  expect(engine.cancelled).toEqual([left])
  expect(engine.jobs[0]?.id).not.toBe(left)
  expect(readdirSync(app(result)).toSorted()).toEqual(['half', 'server.js', 'whole'])
  process.kill(-Number(pid), 'SIGKILL')
})

test('what is not kept is removed, read-only as it is', async () => {
  const [kept, dropped] = [await build(hook('echo a')), await build(hook('mkdir d; echo b > d/b'))]
  await builder.removeUnused({ isKept: id => id === kept.build.id, usedSince: Infinity })
  expect(readdirSync(layout.artifacts)).toEqual([kept.build.id])
  expect(builder.find(dropped.build.id)).toBeUndefined()
  expect((await build(hook('mkdir d; echo b > d/b'))).reused).toBe(false)
})

test.skipIf(process.getuid?.() !== 0)(
  'a full disk is said so, and the partial artifact is removed (needs root for a tmpfs)',
  async () => {
    const disk = join(base, 'disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk])
    try {
      open(disk)
      await storeDirectory(root, createSourceStore({ directory: layout.sources }))
      const free = statfsSync(disk).bavail
      await expect(build(hook('head -c 20M /dev/zero > big'))).rejects.toMatchObject({ code: 'failed.disk-full' })
      expect(free - statfsSync(disk).bavail).toBeLessThan(10)
      rmSync(join(root, 'server.js'))
      write('big', 'x'.repeat(1_800_000))
      await expect(build()).rejects.toMatchObject({ code: 'failed.disk-full' })
      expect(readdirSync(layout.artifacts)).toEqual([])
    } finally {
      execFileSync('umount', [disk])
    }
  },
)
