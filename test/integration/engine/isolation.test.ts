import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import { describeLevels } from '../../helpers/engine-levels.ts'
import {
  allReady,
  createFixture,
  desired,
  ENV,
  type EngineFixture,
  jobSpec,
  launchSpec,
  runJob,
  SERVER,
  serviceState,
  until,
} from '../../helpers/process-engine.ts'
import { openSession } from '../../helpers/session-client.ts'

const OTHER = createId('env')
const isRoot = process.getuid?.() === 0

await describeLevels(
  'isolation',
  level => {
    let fixture: EngineFixture
    let forbidden: readonly string[]
    beforeAll(async () => {
      process.env['PLANTED'] = 'secret of the platform'
      fixture = await createFixture({ level })
      const { layout, writeArtifact } = fixture
      await writeArtifact('art', { 'server.js': SERVER })
      await writeFile(layout.database, 'secret', { mode: 0o600 })
      await runJob(fixture.engine, {
        ...jobSpec('write', { launch: withVolume('echo secret > data/file; test -s data/file') }),
        environment: OTHER,
      })
      forbidden = [
        layout.database,
        layout.secretKey,
        layout.keeperSocket(OTHER),
        layout.keeperSocket(ENV),
        join(layout.volumes(OTHER), 'files', '_', 'file'),
        join(layout.keeper(ENV), 'desired.sealed'),
        join(layout.keeper(OTHER), 'jobs'),
      ]
      for (const path of forbidden.slice(0, 3)) await stat(path)
    })
    afterAll(async () => {
      delete process.env['PLANTED']
      await fixture.dispose()
    })

    /** A line per path that could be read, listed or connected to. */
    const attempt = (): string =>
      forbidden
        .map(
          path =>
            `if cat '${path}' 2>/dev/null || ls '${path}'/* 2>/dev/null || node -e 'require("net").connect(process.argv[1]).on("connect",()=>process.exit(0)).on("error",()=>process.exit(1))' '${path}'; then echo "OPEN ${path}"; fi`,
        )
        .join('; ')

    test('an instance, a hook and a session can read nothing of the platform or of another environment', async () => {
      const { engine } = fixture
      await engine.apply(desired(ENV, [serviceState()]))
      const [before] = await until(engine, ENV, allReady(1))
      const hook = await runJob(engine, jobSpec('hook', { command: `${attempt()}; echo tried` }))
      expect(hook.lines.map(({ text }) => text)).toEqual(['tried'])
      const session = await openSession(engine, { command: ['sh', '-c', `${attempt()}; echo tried`] })
      await session.status
      expect(session.stdout()).toBe('tried\n')
      const worker = launchSpec({
        command: `(${attempt()}; echo tried) > data/out; exec node server.js`,
        mounts: volume,
      })
      await engine.apply(desired(ENV, [serviceState({ launch: worker })]))
      await until(engine, ENV, found => allReady(1)(found) && found[0]?.pid !== before?.pid)
      const read = await runJob(engine, jobSpec('read', { launch: withVolume('cat data/out') }))
      expect(read.lines.map(({ text }) => text)).toEqual(['tried'])
    })

    test('a build can write its own directory alone, and what it built belongs to the platform afterwards', async () => {
      const { engine, layout, writeArtifact } = fixture
      const app = await writeArtifact('draft', { 'package.json': '{}' })
      const before = await stat(join(layout.artifacts, 'art', 'app', 'server.js'))
      const command = `${attempt()}; mkdir -m 700 built && echo done > built/file && echo x > package.json; echo x > '${join(layout.artifacts, 'art', 'app', 'server.js')}' 2>/dev/null; echo tried`
      const { listen: _listen, ...launch } = launchSpec({ artifact: 'draft', command })
      const build = await runJob(engine, jobSpec('build', { launch, writable: [app] }))
      expect(build.lines.map(({ text }) => text).filter(text => !text.includes('cannot create'))).toEqual(['tried'])
      expect(await stat(join(layout.artifacts, 'art', 'app', 'server.js'))).toMatchObject({
        mtimeMs: before.mtimeMs,
        size: before.size,
      })
      const built = await stat(join(app, 'built', 'file'))
      expect(built.uid).toBe(process.getuid?.())
      expect((await stat(join(app, 'built'))).mode & 0o005).toBe(0o005)
    })

    test('a build can write a directory that lies among those that it cannot see', async () => {
      const { engine, layout } = fixture
      const cache = join(layout.home.data, 'build-caches', 'project')
      await mkdir(cache, { recursive: true })
      const launch = { ...launchSpec({ command: `echo kept > '${cache}/file'` }), listen: undefined }
      const { result } = await runJob(engine, jobSpec('cache', { launch, writable: [cache] }))
      expect(result).toEqual({ exitCode: 0, kind: 'exited' })
      expect(await readFile(join(cache, 'file'), 'utf8')).toBe('kept\n')
    })

    test('the artifact is read-only, home and temporary directory are not', async () => {
      const command =
        '(echo x > server.js) 2>/dev/null; (echo x > new) 2>/dev/null; echo home > "$HOME/a"; echo tmp > "$TMPDIR/b"; cat "$HOME/a" "$TMPDIR/b"; ls'
      const { lines } = await runJob(fixture.engine, jobSpec('write', { command }))
      expect(lines.map(({ text }) => text)).toEqual(['home', 'tmp', 'server.js'])
    })

    test('the environment holds what the launch says and nothing of the platform', async () => {
      const launch = launchSpec({
        command: 'env; id -u; cat /proc/self/status | grep -i -e capeff -e nonewprivs',
        variables: { ROOT: '${APP_DIR}/x' },
      })
      const { listen: _listen, ...job } = launch
      const { lines } = await runJob(fixture.engine, jobSpec('env', { launch: job }))
      const text = lines.map(line => line.text)
      const names = text.filter(line => /^[A-Z_]+=/.test(line)).map(line => line.split('=')[0])
      const allowed = [
        'ALOFT_APP_DIR',
        'ALOFT_INSTANCE',
        'HOME',
        'LANG',
        'OLDPWD',
        'PATH',
        'PWD',
        'ROOT',
        'SHLVL',
        'TMPDIR',
        'USER',
        '_',
      ]
      expect(names.filter(name => !allowed.includes(name ?? ''))).toEqual([])
      const directory = text.find(line => line.startsWith('ALOFT_APP_DIR='))?.slice('ALOFT_APP_DIR='.length)
      expect(text).toContain(`ROOT=${directory}/x`)
      expect(text).toContain('CapEff:\t0000000000000000')
      expect(text).toContain('NoNewPrivs:\t1')
      expect(Number(text.find(line => /^\d+$/.test(line)))).toBeGreaterThanOrEqual(isRoot ? 60_000 : 1)
    })

    test('code of the application is never loaded by a program that still has rights', async () => {
      const { writeArtifact } = fixture
      const app = await writeArtifact('evil', { 'evil.so': 'not a library' })
      const variables = { LD_PRELOAD: join(level === 'namespaces' ? '/app' : app, 'evil.so') }
      const { listen: _listen, ...launch } = launchSpec({
        artifact: 'evil',
        command: 'echo "$LD_PRELOAD"',
        variables,
      })
      const { lines } = await runJob(fixture.engine, jobSpec('preload', { launch }))
      const complaints = lines.filter(({ text }) => text.includes('evil.so'))
      expect(lines.map(({ text }) => text)).toContain(variables.LD_PRELOAD)
      expect(complaints.map(({ text }) => text).join('\n')).not.toMatch(/bwrap|setpriv/)
    })

    test('instances, jobs and sessions know their user by name and the hosts of their launch', async context => {
      context.skip(level !== 'namespaces', 'without namespaces all see the /etc of the machine')
      const { engine } = fixture
      const hosts = { 'database.internal': '127.4.5.6', localhost: '127.0.0.9' }
      const look =
        'id -un; id -gn; echo ~app; node -p "os.userInfo().username + os.userInfo().shell"; getent ahostsv4 database.internal localhost | grep STREAM; head -1 /etc/hosts; tail -n +2 /etc/passwd | head -1'
      const launch = launchSpec({ command: `(${look}) > data/out; exec node server.js`, hosts, mounts: volume })
      await engine.apply(desired(ENV, [serviceState({ launch })], 'dep_2'))
      await until(engine, ENV, found => allReady(1)(found) && found[0]?.release === 'dep_2')
      const { listen: _listen, ...job } = launch
      const instance = await runJob(engine, jobSpec('read-again', { launch: { ...job, command: 'cat data/out' } }))
      const hook = await runJob(engine, jobSpec('look', { launch: { ...job, command: look } }))
      const session = await openSession(engine, { command: ['sh', '-c', look] })
      await session.status
      const [system] = (await readFile('/etc/passwd', 'utf8')).split('\n')
      const seen = hook.lines.map(({ text }) => text)
      expect(seen.slice(0, 4)).toEqual(['app', 'app', '/run/home', 'app/bin/sh'])
      expect(seen.filter(line => line.includes('STREAM')).map(line => line.split(/\s+/)[0])).toEqual([
        '127.4.5.6',
        '127.0.0.9',
      ])
      expect(seen.at(-1)).toBe(system)
      expect(instance.lines.map(({ text }) => text)).toEqual(seen)
      expect(session.stdout().trimEnd().split('\n')).toEqual(seen)
    })

    test('a host name or an address that would break the file of hosts is refused', async () => {
      for (const hosts of [{ 'a b': '127.0.0.1' }, { a: '127.0.0.1\n1.2.3.4 b' }])
        await expect(
          runJob(fixture.engine, jobSpec('bad', { launch: { ...jobSpec('bad').launch, hosts } })),
        ).rejects.toMatchObject({ code: 'usage.request' })
    })

    test.skipIf(!isRoot)('each environment has a user of its own, the same for ever', async () => {
      const { engine } = fixture
      const id = async (environment: string, job: string): Promise<string | undefined> => {
        const { lines } = await runJob(engine, { ...jobSpec(job, { command: 'id -u' }), environment })
        return lines[0]?.text
      }
      const [first, second, again] = [await id(ENV, 'a'), await id(OTHER, 'b'), await id(ENV, 'c')]
      expect(first).not.toBe(second)
      expect(again).toBe(first)
    })
  },
  ['namespaces', 'user'],
)

test.skipIf(!isRoot)('level user refuses where the environment cannot reach its files', async () => {
  const fixture = await createFixture({ level: 'user' })
  await chmod(dirname(fixture.layout.home.data), 0o700)
  try {
    await fixture.writeArtifact('art', { 'server.js': SERVER })
    await expect(fixture.engine.apply(desired(ENV, [serviceState()]))).rejects.toMatchObject({
      code: 'failed.isolation',
    })
  } finally {
    await fixture.dispose()
  }
})

const volume = [{ path: 'data', source: 'shared', sourcePath: '', volume: 'files' }] as const

function withVolume(command: string): ReturnType<typeof jobSpec>['launch'] {
  const { listen: _listen, ...launch } = launchSpec({ command, mounts: volume })
  return launch
}
