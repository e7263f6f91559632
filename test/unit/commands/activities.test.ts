import { describe, expect, it } from 'vitest'
import Answer from '../../../src/commands/activities/answer.ts'
import Cancel from '../../../src/commands/activities/cancel.ts'
import Activities from '../../../src/commands/activities/index.ts'
import Log from '../../../src/commands/activities/log.ts'
import Show from '../../../src/commands/activities/show.ts'
import {
  type CapableOptions,
  type CapableProvider,
  createAllCapableProvider,
} from '../../helpers/fakes/all-capable-provider.ts'
import { runCommand } from '../../helpers/cli/run-command.ts'

function withDeploy(options: CapableOptions = {}): CapableProvider {
  const provider = createAllCapableProvider(options)
  provider.activities.start({ environment: 'main', project: 'shop', type: 'deploy' })
  return provider
}

const failure = {
  finished: { error: { code: 'failed.health', message: 'no answer', suggestions: [] }, result: 'failure' as const },
  lines: [['health', 'GET / 500']] as const,
}

describe('activities', () => {
  it('lists them with their state', async () => {
    const { stdout } = await runCommand(Activities, ['--type', 'deploy'], { provider: withDeploy() })

    expect(stdout).toBe('act_1\tdeploy\tshop/main\trunning\t2026-01-31T12:00:00.000Z\tada\n')
  })

  it('shows one, cancels one and answers one', async () => {
    const show = await runCommand(Show, ['act_1'], { provider: withDeploy() })
    const cancel = await runCommand(Cancel, ['act_1', '--json'], { provider: withDeploy() })
    const answer = await runCommand(Answer, ['act_1', 'go', '--json'], { provider: withDeploy() })

    expect(show.stdout).toContain('state\trunning\n')
    expect(JSON.parse(cancel.stdout)).toMatchObject({ result: { result: 'cancelled' } })
    expect(JSON.parse(answer.stdout)).toMatchObject({ result: { result: 'success' } })
  })

  it('exits 5 for an unknown one', async () => {
    const { exitCode } = await runCommand(Show, ['act_9'], { provider: withDeploy() })

    expect(exitCode).toBe(5)
  })
})

describe('activities log', () => {
  it('prints the log on stdout and ends as the activity ends', async () => {
    const { exitCode, stderr, stdout } = await runCommand(Log, ['act_1'], { provider: withDeploy({ script: failure }) })

    expect(stdout).toBe('[  0.0s] health  GET / 500\n')
    expect(stderr).toContain('failed.health')
    expect(exitCode).toBe(7)
  })

  it('prints one event a line and the failure as the last with --json', async () => {
    const { exitCode, stdout } = await runCommand(Log, ['act_1', '--json'], {
      provider: withDeploy({ script: failure }),
    })

    const lines = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(lines).toMatchObject([{ type: 'log' }, { type: 'end' }, { error: { code: 'failed.health' } }])
    expect(exitCode).toBe(7)
  })

  it('prints what is there and exits 0 with --no-follow', async () => {
    const provider = withDeploy({ script: failure })

    const { exitCode, stdout } = await runCommand(Log, ['act_1', '--no-follow'], { provider })

    expect(stdout).toContain('GET / 500')
    expect(exitCode).toBe(0)
  })
})
