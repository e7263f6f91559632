import { spawn } from 'node:child_process'
import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import { AppError } from '../../core/errors.ts'
import type { Home } from '../../protocol/home.ts'
import { homeError, makeHomeDirectory } from '../../protocol/make-home.ts'
import { errorBody, fromBody } from '../../transport/error-body.ts'

/**
 * What Node runs: the platform is a program of its own, reached by address, started by path. V8's young generation, 16 MiB
 * unless told, stays small, as most of what is allocated are pieces of streams: that saves some 10 MB. The heap has some 13 MB, so
 * that threads to collect it cost more than they save: a backup of 150 MB takes a tenth less time without.
 */
export const PLATFORM_ARGUMENTS: readonly string[] = [
  '--max-semi-space-size=2',
  '--single-threaded-gc',
  fileURLToPath(new URL(`../../platform/main${extname(import.meta.url)}`, import.meta.url)),
]

/** glibc keeps what was freed for the thread that had it: with an arena for each of Node's threads that is some 10 MB more. */
export function platformEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { MALLOC_ARENA_MAX: '2', ...environment }
}

/** A start ends within this many bytes of log. */
const LOG_TAIL_BYTES = 64 * 1024

export interface SpawnedPlatform {
  /** Undefined while it runs. */
  exitCode(): number | undefined
  /** Why it ended, as its log says. */
  failure(): Promise<AppError>
}

/** Starts a platform that outlives us; its output goes to `platform.log`. @throws usage.home */
export async function spawnPlatform(home: Home, environment: NodeJS.ProcessEnv): Promise<SpawnedPlatform> {
  await makeHomeDirectory(home.data, 0o711)
  const log = join(home.data, 'platform.log')
  const output = openLog(log)
  const begin = fstatSync(output).size
  const child = spawn(process.execPath, PLATFORM_ARGUMENTS, {
    detached: true,
    env: platformEnvironment(environment),
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  let ended: number | undefined
  child.once('exit', code => (ended = code ?? 1))
  child.once('error', () => (ended = 1))
  child.unref()
  return { exitCode: () => ended, failure: () => explainEnd(log, { begin, pid: child.pid }) }
}

function openLog(file: string): number {
  try {
    return openSync(file, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600)
  } catch (error) {
    throw homeError(error, file)
  }
}

const endRecord = z.extend(errorBody, { pid: z.number() })

async function explainEnd(log: string, { begin, pid }: { begin: number; pid: number | undefined }): Promise<AppError> {
  for (const line of (await readFrom(log, begin)).split('\n').toReversed()) {
    const record = z.safeParse(endRecord, parseQuietly(line))
    if (record.success && record.data.pid === pid && record.data.error.code !== 'internal') return fromBody(record.data)
  }
  return new AppError('unavailable.platform', 'the platform ended while starting', {
    suggestions: [`read ${log}`, 'aloft platform run'],
  })
}

async function readFrom(file: string, begin: number): Promise<string> {
  await using handle = await open(file)
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(LOG_TAIL_BYTES), 0, LOG_TAIL_BYTES, begin)
  return buffer.toString('utf8', 0, bytesRead)
}

function parseQuietly(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
