import { existsSync } from 'node:fs'
import { execa } from 'execa'
import type { ServiceProgram } from '../../config/service-programs.ts'
import { AppError } from '../../core/errors.ts'

/** For others that install something meanwhile, in seconds. */
const LOCK_SECONDS = 300

function installArguments(packages: readonly string[]): readonly string[] {
  return ['install', '--yes', '--no-install-recommends', ...packages]
}

/** What a person types; as root, without the `sudo`. */
export function installLine(packages: readonly string[], isRoot: boolean): string {
  return `${isRoot ? '' : 'sudo '}apt-get ${installArguments(packages).join(' ')}`
}

/** Why packages cannot be installed from here; undefined when they can. */
export function obstacle(): string | undefined {
  if (!existsSync('/etc/debian_version')) return 'this is not Debian or Ubuntu'
  if (process.getuid?.() !== 0) return 'that needs root'
  return undefined
}

/**
 * Installs packages by apt-get, which never asks. What they start and enable by themselves is stopped and disabled again:
 * environments run servers of their own. @throws failed.tool-missing with what apt-get said last
 */
export async function installPackages(
  missing: readonly ServiceProgram[],
  { onLine, signal }: { readonly onLine: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const names = missing.map(each => each.package)
  const steps = [['update'], installArguments(names)]
  for (const step of steps)
    await run('apt-get', ['-o', `DPkg::Lock::Timeout=${LOCK_SECONDS}`, ...step], { onLine, signal })
  for (const { daemon } of missing) if (daemon !== undefined) await retire(daemon)
}

interface Running {
  readonly onLine: (line: string) => void
  readonly signal: AbortSignal
}

async function run(program: string, args: readonly string[], { onLine, signal }: Running): Promise<void> {
  const running = execa(program, args, {
    all: true,
    cancelSignal: signal,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    reject: false,
    stdin: 'ignore',
  })
  const lastLines: string[] = []
  for await (const line of running.iterable({ from: 'all' })) {
    onLine(line)
    lastLines.push(line)
    if (lastLines.length > 5) lastLines.shift()
  }
  const { exitCode, failed } = await running
  signal.throwIfAborted()
  if (!failed) return
  throw new AppError(
    'failed.tool-missing',
    `${program} ${args.at(2) ?? ''} exited with code ${exitCode}: ${lastLines.join('\n')}`,
    {
      details: { exitCode, lastLines },
      suggestions: ['see what it printed above, then repeat it'],
    },
  )
}

/** Whether there is systemd or not; one that does not run is fine. */
async function retire(daemon: string): Promise<void> {
  const quietly = { reject: false, stdin: 'ignore' } as const
  await execa('service', [daemon, 'stop'], quietly)
  await execa('update-rc.d', [daemon, 'disable'], quietly)
}
