import { expect, it } from 'vitest'
import Deploy from '../../../src/commands/deploy.ts'
import CompletionInstall from '../../../src/commands/completion/install.ts'
import Logs from '../../../src/commands/logs.ts'
import { createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'
import { runCommand } from '../../helpers/cli/run-command.ts'

it.each([
  [Deploy, ['--prject', 'shop'], '--prject', ['--project'], 'undertest --project'],
  [Deploy, ['--dryrun'], '--dryrun', ['--dry-run'], 'undertest --dry-run'],
  [Deploy, ['--qwertyuiop'], '--qwertyuiop', [], '--help'],
  [Deploy, ['--strategy', 'rollling'], 'rollling', ['rolling'], '--strategy rolling'],
  [Logs, ['--level', 'waning'], 'waning', ['warning'], '--level warning'],
  [CompletionInstall, ['bahs'], 'bahs', ['bash'], 'bash'],
] as const)('%o %j: what was meant by %s is %j', async (...[Command, argv, given, nearest, suggestion]) => {
  const human = await runCommand(Command, argv, { provider: createAllCapableProvider() })
  const json = await runCommand(Command, [...argv, '--json'], { provider: createAllCapableProvider() })

  expect([human.exitCode, json.exitCode]).toEqual([2, 2])
  expect(human.stderr).toContain(nearest.length > 0 ? `did you mean ${nearest.join(' or ')}?` : given)
  const { error } = JSON.parse(json.stdout)
  expect(error).toMatchObject({ code: 'usage.flag', details: { given, nearest } })
  expect(error.suggestions.join('\n')).toContain(suggestion)
})

it('lists all values beside the nearest', async () => {
  const { stderr } = await runCommand(Deploy, ['--strategy', 'rollling'], { provider: createAllCapableProvider() })

  expect(stderr).toContain('one of: rolling, stop-start, recreate')
})
