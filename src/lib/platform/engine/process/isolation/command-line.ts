import type { LaunchSpec } from '../../port.ts'

/**
 * A shell that gets SIGTERM while a command runs would die at once and leave the command behind; with a trap it waits
 * for it (POSIX sh, 2.11: a trap runs after the foreground command).
 */
const WAIT_ON_TERM = "trap 'exit 143' TERM"
/** Names the instance: its user has no name, and the host's is the machine's. bash expands it at each prompt. */
const PROMPT = '${ALOFT_INSTANCE##*/}:\\w\\$ '
/** bash without the system's settings, which would replace the prompt, else sh; not a login one, which would replace PATH. */
const SHELL = `if command -v bash >/dev/null; then PS1='${PROMPT}' exec bash --norc; else exec sh; fi`

/** What `sh` has to run for a service: the line before the start, then the command; its failure is the service's. */
export function serviceCommand(command: LaunchSpec['command'], preStart?: string): string[] {
  if (preStart === undefined) {
    return typeof command === 'string' ? ['/bin/sh', '-c', `${WAIT_ON_TERM}\n${command}`] : execCommand(command)
  }
  const start = typeof command === 'string' ? [`${WAIT_ON_TERM}\n${command}`] : command
  const launch = typeof command === 'string' ? 'exec /bin/sh -c "$1"' : 'exec "$@"'
  return ['/bin/sh', '-c', `${WAIT_ON_TERM}\n/bin/sh -c "$0" || exit\n${launch}`, preStart, ...start]
}

/** Runs an argument vector; 127 when there is no such program, 126 when it cannot be run. */
export function execCommand(command: readonly string[]): string[] {
  return ['/bin/sh', '-c', 'exec "$0" "$@"', ...command]
}

export function shellCommand(): string[] {
  return ['/bin/sh', '-c', SHELL]
}
