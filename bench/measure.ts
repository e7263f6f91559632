import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { watchPeakMemory } from './peak-memory.ts'

export interface Command {
  readonly label: string
  readonly argv: readonly string[]
  readonly cwd?: string | undefined
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Brings about the state it starts from; not timed. */
  readonly before?: (() => Promise<void> | void) | undefined
  /** Runs after it, not timed; what it returns is kept with the run. */
  readonly after?: (() => Promise<number>) | undefined
}

export interface Run {
  /** From spawn to exit. */
  readonly wallMs: number
  /** Of the largest process; undefined where it cannot be seen. */
  readonly peakBytes: number | undefined
  /** What `after` returned. */
  readonly noted: number
}

export interface Rounds {
  readonly rounds: number
  readonly warmups?: number | undefined
}

/** The start of Node itself: what every ratio is relative to. */
export const BASELINE: Command = { argv: [process.execPath, '-e', '0'], label: 'node -e 0' }

/**
 * Runs all commands once a round, in turn, so that a slow moment of the machine meets all of them; the runs of warm-up
 * rounds are not kept. Returns the runs of each command in the order of the commands. @throws when one fails
 */
export async function measure(commands: readonly Command[], { rounds, warmups = 1 }: Rounds): Promise<Run[][]> {
  const series: Run[][] = commands.map(() => [])
  for (let round = -warmups; round < rounds; round++) {
    for (const [index, command] of commands.entries()) {
      const run = await runOnce(command)
      if (round >= 0) series[index]?.push(run)
    }
  }
  return series
}

async function runOnce({ after, argv, before, cwd, env, label }: Command): Promise<Run> {
  await before?.()
  const [program = '', ...args] = argv
  const startedAt = performance.now()
  const child = spawn(program, args, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const closed = once(child, 'close')
  const exited = once(child, 'exit').then(() => performance.now())
  const memory = child.pid === undefined ? undefined : watchPeakMemory(child.pid)
  try {
    const wallMs = (await exited) - startedAt
    await closed
    if (child.exitCode !== 0)
      throw new Error(`${label} ended with ${child.exitCode ?? child.signalCode}: ${Buffer.concat(errors).toString()}`)
    return { noted: (await after?.()) ?? 0, peakBytes: memory?.stop(), wallMs }
  } finally {
    memory?.stop()
  }
}

/** Without what slows every Node down (NODE_EXTRA_CA_CERTS: 2.7 times on Node 20) or changes what is measured. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => {
    return name !== 'NODE_EXTRA_CA_CERTS' && name !== 'NODE_OPTIONS' && !name.startsWith('ALOFT_')
  })
  return Object.fromEntries(kept)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1)
  return (low + high) / 2
}

/** Median over rounds of (one / other of the same round). */
export function ratio(runs: readonly Run[], others: readonly Run[]): number {
  return median(runs.map(({ wallMs }, round) => wallMs / (others[round]?.wallMs ?? Number.NaN)))
}

/** Bytes; undefined where it could not be seen. */
export function peakOf(runs: readonly Run[]): number | undefined {
  const seen = runs.flatMap(({ peakBytes }) => peakBytes ?? [])
  return seen.length === 0 ? undefined : Math.max(...seen)
}
