import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const TARGET = ['--project', 'app', '--environment', 'main']
const SERVER = "require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.PORT)\n"

describe('sessions in an instance', () => {
  let workspace: Workspace

  beforeAll(async () => {
    workspace = createWorkspace()
    const source = join(workspace.directory, 'app')
    mkdirSync(source)
    writeFileSync(join(source, 'server.js'), SERVER)
    writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'app', scripts: { start: 'node server.js' } }))
    await workspace.json(['deploy', source, ...TARGET])
  })
  afterAll(() => workspace?.close())

  it.each([0, 1, 2, 125, 126, 127, 128, 130, 137, 143, 255])('returns the remote exit code %d as it is', async code => {
    const { exitCode } = await workspace.aloft(['exec', 'web', ...TARGET, '--', 'sh', '-c', `exit ${code}`])

    expect(exitCode).toBe(code)
  })

  it('says 127 for a command that is not there', async () => {
    expect((await workspace.aloft(['exec', 'web', ...TARGET, '--', 'no-such-command'])).exitCode).toBe(127)
  })

  it('carries 100 MB of any bytes to the command, unchanged', async () => {
    const bytes = randomBytes(100 * 1024 * 1024)

    const { exitCode, stderr, stdout } = await workspace.aloft(['exec', 'web', ...TARGET, '--', 'sha256sum'], {
      input: bytes,
    })

    expect(exitCode, stderr).toBe(0)
    expect(stdout.split(' ')[0]).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it('keeps what the command says on both channels apart', async () => {
    const { stderr, stdout } = await workspace.aloft([
      'exec',
      'web',
      ...TARGET,
      '--',
      'sh',
      '-c',
      'echo out; echo err >&2',
    ])

    expect(stdout).toBe('out\n')
    expect(stderr).toContain('err\n')
  })

  it("shows the application nothing of the platform's own environment or files", async () => {
    const environment = { PLANTED_SECRET: 'of-the-client' }
    const { stdout } = await workspace.aloft(['exec', 'web', ...TARGET, '--', 'env'], { environment })
    const peek = (path: string) => workspace.aloft(['exec', 'web', ...TARGET, '--', 'cat', join(workspace.home, path)])

    expect(stdout).not.toContain('of-the-client')
    expect(stdout).not.toContain('ALOFT_HOME')
    for (const file of ['data/platform.db', 'config/secret.key', 'config/accounts.json']) {
      expect((await peek(file)).exitCode, file).not.toBe(0)
    }
  })

  it('is 255 when the failure is ours', async () => {
    const unknown = await workspace.aloft(['exec', 'wbe', ...TARGET, '--', 'true'])

    expect(unknown.exitCode).toBe(255)
    expect(unknown.stderr).toContain('not-found.service')
    expect(unknown.stderr).toContain('web')
  })

  it('is 255 when the connection is cut', async () => {
    const child = workspace.start(['exec', 'web', ...TARGET, '--', 'sh', '-c', 'echo started; sleep 60'])
    const exited = new Promise<number | null>(resolve => child.once('exit', resolve))
    await new Promise(resolve => child.stdout?.once('data', resolve))

    process.kill(await workspace.platformPid(), 'SIGKILL')

    expect(await exited).toBe(255)
  })
})
