import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { get } from '../helpers/load.ts'
import { until } from '../helpers/until.ts'
import { type CliOptions, type CliResult, createWorkspace, type Workspace } from '../helpers/workspace.ts'

const TARGET = ['-p', 'shop', '-e', 'main']
const SERVER = `
const text = () => [process.env.COLOR ?? 'none', process.env.API_KEY ?? 'none'].join(' ')
require('node:http').createServer((q, r) => { console.log('asked for ' + q.url); r.end(text()) }).listen(process.env.PORT)
`
/** The document, or the last line of a stream. */
const failure = z.looseObject({ error: z.looseObject({ code: z.string() }) })

/** The main path of each command, on one platform, in the order of a first day. */
describe('every command on the embedded platform', () => {
  let workspace: Workspace
  let source: string

  beforeAll(async () => {
    workspace = createWorkspace()
    source = join(workspace.directory, 'shop')
    mkdirSync(source)
    writeFileSync(join(source, 'server.js'), SERVER)
    writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'shop', scripts: { start: 'node server.js' } }))
    await run(['deploy', source, ...TARGET])
  })
  afterAll(() => workspace?.close())

  async function run(args: readonly string[], options?: CliOptions): Promise<CliResult> {
    const result = await workspace.aloft(args, options)
    if (result.exitCode !== 0) throw new Error(`aloft ${args.join(' ')}: ${result.stdout}${result.stderr}`)
    return result
  }

  /** Exactly one document on stdout, and the same exit code as without `--json`. */
  async function refused(args: readonly string[], exitCode: number, code: string): Promise<CliResult> {
    const [human, json] = await Promise.all([workspace.aloft(args), workspace.aloft([...args, '--json'])])
    expect([human.exitCode, json.exitCode]).toEqual([exitCode, exitCode])
    expect(z.parse(failure, JSON.parse(json.stdout)).error.code).toBe(code)
    expect(human.stderr).toContain(code)
    expect(human.stderr).not.toMatch(/^ {4}at /m)
    return human
  }

  it('shows and lists projects, environments and services', async () => {
    expect((await run(['projects'])).stdout).toMatch(/^shop\tshop\t/)
    expect(await workspace.json(['projects', 'show', 'shop'])).toMatchObject({ name: 'shop' })
    expect((await run(['environments', '-p', 'shop'])).stdout).toMatch(/^main\tproduction\tactive\t\thttp:/)
    expect(await workspace.json(['environments', 'show', '-p', 'shop', '-e', 'main'])).toMatchObject({ name: 'main' })
    expect((await run(['services', ...TARGET])).stdout).toMatch(/^web\tapplication\tnodejs.*\t1\/1\tweb\.1\tready\t/)
    expect((await run(['list'])).stdout).toMatch(/^shop\t/)
    expect((await run(['list', '-p', 'shop'])).stdout).toMatch(/^main\t/)
    expect((await run(['list', ...TARGET, '-s', 'web'])).stdout).toMatch(/^web\t/)
  })

  it('says what is not there, with the nearest names', async () => {
    expect((await refused(['projects', 'show', 'shpo'], 5, 'not-found.project')).stderr).toContain('shop')
    expect((await refused(['services', '-p', 'shop', '-e', 'mian'], 5, 'not-found.environment')).stderr).toContain(
      'main',
    )
    expect((await refused(['services', ...TARGET, '-s', 'wep'], 5, 'not-found.service')).stderr).toContain('web')
    await refused(['activities', '-p', 'shpo'], 5, 'not-found.project')
    await refused(['activities', 'show', 'act_none'], 5, 'not-found.activity')
    await refused(['services'], 2, 'usage.input-required')
    const unknown = await workspace.aloft(['logs', 'wep', ...TARGET])
    expect(unknown.exitCode).toBe(5)
    expect(unknown.stderr).toContain('nearest: web\n')
  })

  it('starts nothing when a flag is wrong', async () => {
    const before = await workspace.json(['activities', '-p', 'shop'])

    await refused(['deploy', source, ...TARGET, '--timeout', 'soon'], 2, 'usage.flag')
    await refused(['restart', ...TARGET, '--timeout', 'soon'], 2, 'usage.flag')
    await refused(['deploy', source, ...TARGET, '--variable', 'PATH=/tmp'], 2, 'usage.variable')
    expect((await workspace.aloft(['logs', ...TARGET, '-n', 'x'])).stderr).toContain('--lines: Expected an integer')

    expect(await workspace.json(['activities', '-p', 'shop'])).toEqual(before)
    expect(await workspace.json(['variables', ...TARGET])).toEqual([])
  })

  it('sets variables from values, files and stdin, and the application sees them at once', async () => {
    writeFileSync(join(workspace.directory, 'key.txt'), 'from-a-file')
    const restarted = await run(['variables', 'set', 'COLOR=blue', ...TARGET])
    await run(['variables', 'set', 'API_KEY=@key.txt', '--secret', ...TARGET])

    expect(restarted.stderr).toContain('the services are restarted with it')
    expect(restarted.stdout).toBe('COLOR\n')
    expect((await run(['exec', 'web', ...TARGET, '--', 'printenv', 'COLOR', 'API_KEY'])).stdout).toBe(
      'blue\nfrom-a-file\n',
    )
    await run(['variables', 'set', 'API_KEY=-', '--secret', ...TARGET], { input: 'from-stdin\n' })
    expect((await run(['exec', 'web', ...TARGET, '--', 'printenv', 'API_KEY'])).stdout).toBe('from-stdin\n')
    const listed = await run(['variables', ...TARGET])
    expect(listed.stdout).toContain('COLOR\tblue\tenvironment\truntime\t')
    expect(listed.stdout).toContain('API_KEY\t(secret)\t')
    expect((await run(['variables', ...TARGET, '--json'])).stdout).not.toContain('from-stdin')
    const refusal = await refused(['variables', 'set', 'API_KEY=abc', '--secret', ...TARGET], 2, 'usage.variable')
    expect(refusal.stderr).not.toContain('abc')
  })

  it('waits with variables of the project, inherits them, and unsets', async () => {
    expect((await run(['variables', 'set', 'SIZE=xl', '-p', 'shop'])).stderr).toContain('with the next deployment')
    expect((await run(['variables', ...TARGET])).stdout).toContain('SIZE\txl\tproject (inherited)\t')
    expect((await run(['variables', 'set', 'FLAVOUR=a', '--build', ...TARGET])).stderr).toContain('deployed again')

    await run(['variables', 'unset', 'COLOR', 'FLAVOUR', ...TARGET])

    expect((await workspace.aloft(['exec', 'web', ...TARGET, '--', 'printenv', 'COLOR'])).exitCode).toBe(1)
    await refused(['variables', 'unset', 'COLOR', ...TARGET], 5, 'not-found.variable')
  })

  it('goes back with the variables of then', async () => {
    await run(['deploy', source, ...TARGET, '--message', 'red', '--variable', 'COLOR=red'])
    expect((await run(['exec', 'web', ...TARGET, '--', 'printenv', 'COLOR'])).stdout).toBe('red\n')

    expect((await run(['rollback', ...TARGET])).stdout).toMatch(/^http:/)

    expect((await workspace.aloft(['exec', 'web', ...TARGET, '--', 'printenv', 'COLOR'])).exitCode).toBe(1)
    await refused(['rollback', 'dep_none', ...TARGET], 5, 'not-found.deployment')
  })

  it('plans, builds without deploying, and deploys that build', async () => {
    writeFileSync(join(source, 'more.txt'), 'another tree')

    expect((await run(['deploy', source, ...TARGET, '--dry-run'])).stdout).toMatch(/^build\tweb\t/)
    const built = await run(['deploy', source, ...TARGET, '--build-only'])
    const build = built.stdout.trim()

    expect(build).toMatch(/^bld_/)
    expect(built.stderr).not.toContain('rollback')
    expect(built.stderr).toContain(`--build ${build}`)
    expect((await workspace.aloft(['exec', 'web', ...TARGET, '--', 'ls', 'more.txt'])).exitCode).toBe(2)
    await run(['deploy', ...TARGET, '--build', build, '--dry-run'])
    await run(['deploy', ...TARGET, '--build', build])
    expect((await run(['exec', 'web', ...TARGET, '--', 'ls', 'more.txt'])).stdout).toBe('more.txt\n')
    await refused(['deploy', ...TARGET, '--build', 'bld_none'], 5, 'not-found.build')
  })

  it('scales in the syntax it prints', async () => {
    const shown = await run(['scale', ...TARGET])
    const tag = shown.stderr.trim().split(' ')[1] ?? ''

    expect(shown.stdout).toBe('web=1\n')
    expect((await run(['scale', 'web+1', ...TARGET, '--dry-run'])).stdout).toContain('\tweb=1\tweb=2\n')
    expect((await run(['scale', 'web=2:256MB', ...TARGET, '--if-current', tag])).stdout).toBe('web=2:256MB\n')
    expect(await workspace.json(['services', ...TARGET])).toMatchObject([{ desired: 2, ready: 2 }])
    await refused(['scale', 'web=1', ...TARGET, '--if-current', tag], 6, 'conflict.changed')
    await refused(['scale', 'wep=1', ...TARGET], 5, 'not-found.service')
    await refused(['scale', 'web=many', ...TARGET], 2, 'usage.formation')
    expect((await run(['scale', 'web-1', ...TARGET])).stdout).toBe('web=1:256MB\n')
  })

  it('restarts, and follows by id what it did not wait for', async () => {
    const before = await instancePid()
    const id = (await run(['restart', ...TARGET, '--no-wait'])).stdout.trim()

    await run(['activities', 'log', id])

    expect(await instancePid()).not.toBe(before)
    expect(await workspace.json(['activities', 'show', id])).toMatchObject({ result: 'success', type: 'restart' })
    expect((await run(['activities', ...TARGET, '--type', 'restart', '--limit', '1'])).stdout).toContain(id)
    await refused(['activities', 'cancel', id], 6, 'conflict.finished')
    await refused(['activities', 'answer', id, 'yes'], 6, 'conflict.finished')
  })

  it('finds lines of the log by text, source, instance, level and time', async () => {
    const url = (await run(['open', ...TARGET])).stdout.trim()
    const local = z.parse(z.looseObject({ urls: z.array(z.string()) }), await workspace.json(['open', ...TARGET]))
    expect(local.urls).toContain(url)
    const at = local.urls.find(each => each.startsWith('http://127.0.0.1')) ?? ''
    await get(`${at}needle-in-the-log`)
    await until('the line is recorded', async () => (await logs(['--search', 'NEEDLE'])) !== '')

    expect(await logs(['--search', 'needle', '--instance', 'web.1', '-s', 'web'])).toBe(
      'web.1 | asked for /needle-in-the-log\n',
    )
    expect(await logs(['--source', 'access', '--search', 'needle'])).toMatch(/^web\.1 \| GET \/needle-in-the-log 200 /)
    expect(await logs(['--search', 'needle', '--timestamps', '--source', 'app'])).toMatch(
      /^\d{4}-\d\d-\d\dT\S+Z web\.1 /,
    )
    expect(await logs(['--search', 'needle', '--until', '1h'])).toBe('')
    expect(await logs(['--search', 'needle', '--level', 'fatal'])).toBe('')
    const [line = '', end] = (await logs(['--search', 'needle', '--source', 'app', '--json'])).trim().split('\n')
    expect(JSON.parse(line)).toMatchObject({ message: 'asked for /needle-in-the-log', type: 'log' })
    expect(end).toBe('{"type":"end"}')
    expect((await run(['log', ...TARGET, '-n', '1'])).stdout.split('\n')).toHaveLength(2)
  })

  it('follows the log from a time on', async () => {
    const child = workspace.start(['logs', ...TARGET, '--follow', '--since', '1h', '--search', 'needle'])
    const lines: string[] = []
    child.stdout?.on('data', (chunk: Buffer) => lines.push(...chunk.toString().trim().split('\n')))
    const ended = new Promise<number | null>(resolve => child.once('exit', resolve))

    await until('the earlier lines', () => lines.some(line => line.includes('needle-in-the-log')))
    const { urls } = z.parse(z.looseObject({ urls: z.array(z.string()) }), await workspace.json(['open', ...TARGET]))
    await get(`${urls.find(each => each.startsWith('http://127.0.0.1')) ?? ''}a-new-needle`)
    await until('the new line', () => lines.some(line => line.includes('a-new-needle')))
    child.kill('SIGINT')

    expect(await ended).toBe(130)
  })

  it('links a directory, so that commands there need no names', async () => {
    const options = { cwd: source }
    await run(['link', ...TARGET], options)

    expect((await run(['services'], options)).stdout).toMatch(/^web\t/)
    expect((await run(['list'], options)).stdout).toMatch(/^web\t/)
    await run(['link', '--remove'], options)
    expect((await workspace.aloft(['services'], options)).exitCode).toBe(2)
  })

  it('logs in to a platform by address and token, and out', async () => {
    const status = z.parse(
      z.looseObject({ addresses: z.looseObject({ api: z.string() }) }),
      await workspace.json(['platform', 'status']),
    )
    const token = (await run(['tokens', 'create', 'ci', '--expires', '1h'])).stdout
    const login = ['login', '--url', status.addresses.api, '--name', 'work', '--token-stdin']

    expect((await workspace.aloft(login, { input: 'alft_wrong' })).exitCode).toBe(4)
    await run(login, { input: token })
    expect(await workspace.json(['whoami'])).toMatchObject({ identity: { account: 'work' } })
    expect((await run(['projects', '--account', 'work'])).stdout).toMatch(/^shop\t/)
    expect((await run(['exec', 'web', ...TARGET, '--', 'echo', 'over the network'])).stdout).toBe('over the network\n')
    await run(['logout'])
    expect(await workspace.json(['whoami'])).toMatchObject({ identity: { account: 'local' } })
    expect((await run(['tokens'])).stdout).not.toContain('ci\t')
    await run(['tokens', 'revoke', 'ci'])
    await refused(['projects', '--account', 'work'], 5, 'not-found.account')
  })

  it('creates and deletes environments and projects', async () => {
    await run(['environments', 'create', 'staging', '-p', 'shop', '--parent', 'main', '--type', 'staging'])
    await refused(['environments', 'create', 'staging', '-p', 'shop'], 6, 'conflict.exists')
    await refused(['environments', 'delete', 'main', '-p', 'shop', '--confirm', 'main'], 6, 'conflict.has-children')
    await refused(['environments', 'delete', 'staging', '-p', 'shop'], 2, 'usage.input-required')
    expect((await run(['open', '-p', 'shop', '-e', 'staging'])).stdout).toContain('shop-staging')
    await run(['environments', 'delete', 'staging', '-p', 'shop', '--confirm', 'staging'])
    await run(['environments', 'create', 'bare', '-p', 'shop'])
    await refused(['open', '-p', 'shop', '-e', 'bare'], 5, 'not-found.route')
    await run(['environments', 'delete', 'bare', '-p', 'shop', '--confirm', 'bare'])
    await run(['projects', 'create', 'other', '--title', 'The other'])
    expect((await run(['projects'])).stdout).toContain('other\tThe other\t')
    await refused(['projects', 'create', 'Not Valid'], 2, 'usage.name')
    await run(['projects', 'delete', 'other', '--confirm', 'other'])
    await refused(['projects', 'show', 'other'], 5, 'not-found.project')
  })

  it('has help about what is no command', async () => {
    const [page, root] = [await run(['help', 'exit-codes']), await run(['--help'])]

    expect(page.stdout).toMatch(/^EXIT CODES\n[^]* 75 {2}transient/)
    expect(root.stdout).toMatch(/^ +help exit-codes /m)
  })

  it('explains codes, checks the machine, and shows the platform and its authority', async () => {
    expect((await run(['explain', 'failed.health'])).stdout).toContain('exit code 7')
    await refused(['explain', 'nope'], 5, 'not-found.code')
    expect((await run(['doctor'])).stdout).toContain('ok\tplatform\t')
    expect((await run(['platform', 'status'])).stdout).toMatch(/^running\tpid \d+, version /)
    expect((await run(['platform', 'trust', '--quiet'])).stdout).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
    await refused(['platform', 'run'], 6, 'conflict.platform-running')
  })

  it('stops and starts the platform; applications go on serving in between', async () => {
    const { urls } = z.parse(z.looseObject({ urls: z.array(z.string()) }), await workspace.json(['open', ...TARGET]))
    const at = urls.find(each => each.startsWith('http://127.0.0.1')) ?? ''

    expect((await run(['platform', 'stop'])).stdout).toBe('stopped\n')
    expect((await run(['platform', 'status'])).stdout).toBe('not running\n')
    expect(await get(at)).toMatchObject({ status: 200 })
    await run(['platform', 'start'])
    expect((await run(['services', ...TARGET])).stdout).toContain('\t1/1\tweb.1\tready\t')
  })

  it('stops what a dead platform left running', async () => {
    const pid = (await instancePid()) ?? 0
    process.kill(await workspace.platformPid(), 'SIGKILL')
    expect(() => process.kill(pid, 0)).not.toThrow()

    expect((await run(['platform', 'stop', '--all'])).stdout).toBe('stopped\n')

    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect((await run(['platform', 'status'])).stdout).toBe('not running\n')
  })

  async function logs(flags: readonly string[]): Promise<string> {
    return (await run(['logs', ...TARGET, ...flags])).stdout
  }

  async function instancePid(): Promise<number | undefined> {
    const list = await workspace.json(['services', ...TARGET])
    const services = z.parse(z.array(z.looseObject({ instances: z.array(z.looseObject({ pid: z.number() })) })), list)
    return services[0]?.instances[0]?.pid
  }
})
