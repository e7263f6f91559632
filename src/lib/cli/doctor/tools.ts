import { execa } from 'execa'
import type { Check } from './check.ts'

interface Tool {
  readonly command: string
  readonly arguments: readonly string[]
  /** What does not work without it. */
  readonly use: string
  readonly install: string
  /** Nothing misses it but what asks for it by name. */
  readonly optional?: boolean | undefined
}

const TOOLS: readonly Tool[] = [
  { arguments: ['--version'], command: 'npm', install: 'install Node.js with npm', use: 'Node applications' },
  {
    arguments: ['--version'],
    command: 'git',
    install: 'apt-get install git',
    use: 'deploying with the commit as message',
  },
  {
    arguments: ['--version'],
    command: 'python3',
    install: 'apt-get install python3 python3-venv',
    use: 'Python applications',
  },
  { arguments: ['--version'], command: 'php', install: 'apt-get install php-cli php-fpm', use: 'PHP applications' },
  {
    arguments: ['--version'],
    command: 'composer',
    install: 'apt-get install composer',
    use: 'PHP applications with dependencies',
  },
  {
    arguments: ['version'],
    command: 'restic',
    install: 'apt-get install restic',
    optional: true,
    use: 'deduplicated backups (aloft backup storage restic)',
  },
]

const TIMEOUT_MS = 5000

/** The programs that builds of the various runtimes and backups need: a missing one is a warning, few need all. */
export async function checkTools(signal: AbortSignal): Promise<readonly Check[]> {
  return Promise.all(TOOLS.map(async tool => checkTool(tool, signal)))
}

async function checkTool(
  { arguments: argv, command, install, optional = false, use }: Tool,
  signal: AbortSignal,
): Promise<Check> {
  const version = await firstLine(command, argv, signal)
  if (version !== undefined) return { detail: version, name: command, state: 'ok' }
  if (optional) return { detail: `not found: only needed for ${use}`, name: command, state: 'ok' }
  return { detail: `not found: needed for ${use}`, fix: install, name: command, state: 'warning' }
}

/** The first line a program prints; undefined when it cannot be run. */
export async function firstLine(
  command: string,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const { failed, stdout } = await execa(command, argv, {
    cancelSignal: signal,
    reject: false,
    stdin: 'ignore',
    timeout: TIMEOUT_MS,
  })
  return failed ? undefined : (stdout.split('\n')[0] ?? '').trim()
}
