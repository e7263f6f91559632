import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeDirectory } from '../../../helpers/cli/run-command.ts'

const script = fileURLToPath(new URL('../../../helpers/cli/aloft-with-fakes.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Running {
  readonly child: ReturnType<typeof spawn>
  readonly ended: Promise<Ended>
  /** Resolves when stderr or stdout has shown the text. */
  readonly seen: (text: string) => Promise<void>
}

function start(argv: readonly string[], fake = ''): Running {
  const env = { ...process.env, FAKE: fake, NODE_ENV: 'production' }
  const child = spawn(process.execPath, [script, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => (stdout += chunk))
  child.stderr.on('data', chunk => (stderr += chunk))
  return {
    child,
    ended: once(child, 'close').then(() => ({ code: child.exitCode, stderr, stdout })),
    seen: async text => {
      while (!(stdout + stderr).includes(text)) {
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')])
      }
    },
  }
}

describe('the program as a process', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends on %s with %i and says how to follow the activity again', async (signal, exitCode) => {
    const { child, ended, seen } = start(['deploy', '-p', 'shop', '-e', 'main'], 'endless')

    await seen('npm ci')
    child.kill(signal)

    const { code, stderr } = await ended
    expect(code).toBe(exitCode)
    expect(stderr).toContain('aloft activities log act_1')
  })

  it('writes the JUnit report also when it is interrupted', async () => {
    const file = join(await makeDirectory(), 'report.xml')
    const { child, ended, seen } = start(['deploy', '-p', 'shop', '-e', 'main', '--junit', file], 'endless')

    await seen('npm ci')
    child.kill('SIGTERM')

    expect((await ended).code).toBe(143)
    expect(readFileSync(file, 'utf8')).toMatch(/name="build" time="[\d.]+">\s*<error message="interrupted/)
  })

  it('ends quietly with 0 when the reader of its output goes away', async () => {
    const { child, ended, seen } = start(['logs', '-f', '-p', 'shop', '-e', 'main'], 'endless')

    await seen('line 1 ')
    child.stdout?.destroy()

    const { code, stderr } = await ended
    expect(code).toBe(0)
    expect(stderr).toBe('')
  })

  it('loses no line when the log ends', async () => {
    const { code, stdout } = await start(['logs', '-p', 'shop', '-e', 'main'], 'logs:20000').ended

    expect(code).toBe(0)
    expect(stdout.split('\n')).toHaveLength(20_001)
    expect(stdout).toContain('web | line 19999 ')
  })

  it('exits with the remote code, through a real stdin', async () => {
    const { code } = await start(['exec', '-p', 'shop', '-e', 'main', '--', 'cat'], 'exit:42').ended

    expect(code).toBe(42)
  })

  it.each([
    [['dploy'], 'aloft deploy'],
    [['platform', 'strt'], 'aloft platform start'],
    [['projects', 'crate'], 'aloft projects create'],
    [['projcts', 'show', 'shop'], 'aloft projects show'],
    [['projcts', '--limit', '3'], 'aloft projects'],
    [['platfrm'], 'aloft platform'],
    [['help', 'projcts'], 'aloft projects'],
    [['dploy', '--help'], 'aloft deploy'],
  ])('exits 2 with the nearest names for the unknown command %j', async (argv, nearest) => {
    const human = await start(argv).ended
    const json = await start([...argv, '--json']).ended

    expect([human.code, json.code]).toEqual([2, 2])
    expect(human.stderr).toContain(`Try: ${nearest}`)
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'usage.command' }, version: 1, warnings: [] })
  })

  it.each([
    ['--verion', 'did you mean --version?'],
    ['--account', 'stands before the command: flags come after it'],
  ])('exits 2 for %s, which stands before any command', async (flag, message) => {
    const { code, stderr } = await start([flag, 'whoami']).ended

    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })

  it('exits 2 with one document for a wrong flag', async () => {
    const { code, stdout } = await start(['deploy', '--nope', '--json']).ended

    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage.flag' } })
  })

  it('prints help and version with exit code 0', async () => {
    const help = await start(['deploy', '--help']).ended
    const version = await start(['--version']).ended

    expect([help.code, version.code]).toEqual([0, 0])
    expect(help.stdout).toContain('build and deploy a directory')
    expect(version.stdout).toMatch(/^aloft\//)
  })
})
