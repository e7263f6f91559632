import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { runTokenCommand } from '../../../src/lib/credentials/token-command.ts'

const run = (command: string, deadlineMs?: number): Promise<string> =>
  runTokenCommand(command, { account: 'work', deadlineMs })

it('takes the first line, as password managers print it, with what the shell makes of quotes and pipes', async () => {
  expect(await run(`printf '%s\\n' "to ken" 'user: ada' | tr ' ' -`)).toBe('to-ken')
})

it.each([
  { command: 'echo s3cret; exit 3', what: 'ended with exit code 3' },
  { command: 'echo', what: 'printed no token' },
  { command: 'no-such-program-of-mine', what: 'ended with exit code 127' },
])('refuses what fails, and shows neither the command nor what it printed: $command', async ({ command, what }) => {
  const error: unknown = await run(command).catch((thrown: unknown) => thrown)

  expect(error).toMatchObject({ code: 'auth.token-command', message: expect.stringContaining(what) })
  expect(String(error) + JSON.stringify(error)).not.toContain(command)
  expect(String(error) + JSON.stringify(error)).not.toContain('s3cret')
})

it('gives up on one that does not end, with all it started', async () => {
  await expect(run('sleep 60 | cat', 200)).rejects.toMatchObject({
    code: 'auth.token-command',
    message: expect.stringContaining('did not end within 0.2 s'),
  })
})

it('lets its stderr through, and its stdin', () => {
  const module = fileURLToPath(new URL('../../../src/lib/credentials/token-command.ts', import.meta.url))
  const script = `const { runTokenCommand } = await import(${JSON.stringify(module)})
const token = await runTokenCommand('read answer; echo "asked: $answer" >&2; echo s3cret', { account: 'work' })
console.log(token.length)`

  const { stderr, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    input: 'yes\n',
  })

  expect({ stderr, stdout }).toEqual({ stderr: 'asked: yes\n', stdout: '6\n' })
})
