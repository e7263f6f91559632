import { describe, expect, it } from 'vitest'
import Deploy from '../../../src/commands/deploy.ts'
import { createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'
import { createNoneCapableProvider } from '../../helpers/fakes/none-capable-provider.ts'
import { personAtTerminal, runCommand } from '../../helpers/cli/run-command.ts'

const target = ['-p', 'shop', '-e', 'main']
const failing = {
  finished: {
    error: { code: 'failed.build', message: 'npm ci exited with 1', suggestions: [] },
    phase: 'build',
    result: 'failure' as const,
  },
  lines: [['build', 'npm ERR! missing script']] as const,
}

describe('deploy', () => {
  it('prints the addresses on stdout and the log on stderr', async () => {
    const provider = createAllCapableProvider()

    const { exitCode, stderr, stdout } = await runCommand(Deploy, target, { provider })

    expect(stdout).toBe('http://main-shop.localhost:8080\n')
    expect(stderr).toContain('[  0.0s] build   npm ci\n')
    expect(stderr).toContain('read 3 files (2.0 kB)')
    expect(stderr).toContain('aloft rollback -p shop -e main')
    expect(exitCode).toBe(0)
    expect(provider.seen.closed).toBe(true)
  })

  it('prints one document with --json', async () => {
    const { stdout } = await runCommand(Deploy, [...target, '--json'], { provider: createAllCapableProvider() })

    const document: unknown = JSON.parse(stdout)
    expect(document).toMatchObject({ result: { id: 'act_1', result: 'success' }, version: 1, warnings: [] })
  })

  it.each([[[]], [['--json']]])('exits 7 with phase and last log lines when the activity failed %j', async more => {
    const provider = createAllCapableProvider({ script: failing })

    const { exitCode, stderr, stdout } = await runCommand(Deploy, [...target, ...more], { provider })

    expect(exitCode).toBe(7)
    const text = more.length > 0 ? stdout : stderr
    expect(text).toContain('failed in build: npm ci exited with 1')
    expect(text).toContain('failed.build')
    expect(text).toContain('npm ERR! missing script')
    expect(text).toContain('aloft activities log act_1')
  })

  it('exits 7 also when the code of the failure belongs to another exit code', async () => {
    const error = { code: 'conflict.port-taken', message: 'taken', suggestions: [] }
    const provider = createAllCapableProvider({ script: { finished: { error, result: 'failure' } } })

    const { exitCode, stdout } = await runCommand(Deploy, [...target, '--json'], { provider })

    expect(exitCode).toBe(7)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'conflict.port-taken' } })
  })

  it('takes the verdict from the activity when the stream breaks', async () => {
    const provider = createAllCapableProvider({ script: { streamBreaks: true } })

    const { exitCode, stdout } = await runCommand(Deploy, target, { provider })

    expect(exitCode).toBe(0)
    expect(stdout).toContain('http://')
  })

  it('counts a warning as success and says it', async () => {
    const provider = createAllCapableProvider({ script: { finished: { result: 'warning' } } })

    const { exitCode, stdout } = await runCommand(Deploy, [...target, '--json'], { provider })

    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [expect.stringContaining('warnings')] })
  })

  it('exits 7 as failed.cancelled when somebody cancelled it', async () => {
    const provider = createAllCapableProvider({ script: { finished: { result: 'cancelled' } } })

    const { exitCode, stdout } = await runCommand(Deploy, [...target, '--json'], { provider })

    expect(exitCode).toBe(7)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'failed.cancelled' } })
  })

  it('exits 8 and says how to follow it again when the deadline passes', async () => {
    const provider = createAllCapableProvider({ script: { endless: true } })

    const { exitCode, stderr } = await runCommand(Deploy, [...target, '--timeout', '50ms'], { provider })

    expect(exitCode).toBe(8)
    expect(stderr).toContain('pending.deadline')
    expect(stderr).toContain('aloft activities log act_1')
  })

  it('exits 8 with the valid answers when it waits and nobody is there', async () => {
    const waiting = { answers: [{ id: 'go', label: 'go on' }], message: 'drop the table?', reason: 'confirmation' }
    const provider = createAllCapableProvider({ script: { waiting } })

    const { exitCode, stderr } = await runCommand(Deploy, target, { provider })

    expect(exitCode).toBe(8)
    expect(stderr).toContain('aloft activities answer act_1 go')
  })

  it('asks for the answer on a terminal', async () => {
    const waiting = { answers: [{ id: 'go', label: 'go on' }], message: 'drop the table?', reason: 'confirmation' }
    const provider = createAllCapableProvider({ script: { waiting } })
    const ask = {
      confirm: async () => true,
      input: async () => '',
      secret: async () => '',
      select: async () => 'go',
    }

    const { exitCode } = await runCommand(Deploy, target, { provider, runtime: { ask, terminal: personAtTerminal } })

    expect(exitCode).toBe(0)
    expect(provider.activities.answers).toEqual(['go'])
  })

  it('prints only the id with --no-wait', async () => {
    const { exitCode, stdout } = await runCommand(Deploy, [...target, '--no-wait'], {
      provider: createAllCapableProvider({ script: failing }),
    })

    expect(stdout).toBe('act_1\n')
    expect(exitCode).toBe(0)
  })

  it('plans with --dry-run and starts nothing', async () => {
    const provider = createAllCapableProvider()

    const { stdout } = await runCommand(Deploy, [...target, '--dry-run', '--json'], { provider })

    expect(JSON.parse(stdout)).toMatchObject({ result: { steps: [{ phase: 'build' }] }, warnings: ['no lock file'] })
    expect(provider.seen.deploys).toEqual([])
  })

  it("takes the directory's name as project and main as environment, and says so", async () => {
    const provider = createAllCapableProvider()

    const { stderr } = await runCommand(Deploy, ['./My Shop'], { provider })

    expect(provider.seen.deploys[0]?.environment).toEqual({ environment: 'main', project: 'my-shop' })
    expect(stderr).toContain('project my-shop, environment main')
  })

  it('passes message, variables, strategy and build on', async () => {
    const provider = createAllCapableProvider()
    const argv = [...target, '--message', 'hi', '--variable', 'A=1', '--variable', 'B=x=y', '--strategy', 'recreate']

    await runCommand(Deploy, [...argv, '--build', 'bld_1'], { provider })

    expect(provider.seen.deploys[0]).toMatchObject({
      input: { build: 'bld_1', kind: 'build' },
      message: 'hi',
      strategy: 'recreate',
      variables: { A: '1', B: 'x=y' },
    })
  })

  it('refuses a missing environment where the provider does not make it', async () => {
    const provider = createAllCapableProvider({ deploySupport: { createsMissing: false } })

    const { exitCode, stderr } = await runCommand(Deploy, ['-p', 'shop', '-e', 'stage'], { provider })

    expect(exitCode).toBe(2)
    expect(stderr).toContain('aloft environments create stage --project shop')
  })

  it('asks on a terminal before it makes what is missing', async () => {
    const provider = createAllCapableProvider()
    const questions: string[] = []
    const ask = {
      confirm: async (message: string) => {
        questions.push(message)
        return false
      },
      input: async () => '',
      secret: async () => '',
      select: async () => '',
    }

    const { exitCode } = await runCommand(Deploy, ['-p', 'shop', '-e', 'stage'], {
      provider,
      runtime: { ask, terminal: personAtTerminal },
    })

    expect(questions).toEqual(['There is no environment shop/stage yet. Create it?'])
    expect(exitCode).toBe(2)
  })

  it('refuses an option the provider does not have before any call', async () => {
    const provider = createAllCapableProvider({ deploySupport: { buildOnly: false } })

    const { exitCode, stdout } = await runCommand(Deploy, [...target, '--build-only', '--json'], { provider })

    expect(exitCode).toBe(9)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'unsupported.option' } })
    expect(provider.seen.deploys).toEqual([])
  })

  it.each([[[]], [['--json']]])('exits 9 with reason and way out where the provider has no deploys %j', async more => {
    const { exitCode, stderr, stdout } = await runCommand(Deploy, more, { provider: createNoneCapableProvider() })

    expect(exitCode).toBe(9)
    expect(stdout + stderr).toContain('this cloud has no deploys')
    expect(stdout + stderr).toContain('open a ticket for deploys')
  })
})
