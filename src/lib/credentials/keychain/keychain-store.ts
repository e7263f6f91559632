import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import { AppError } from '../../core/errors.ts'
import type { CredentialStore } from '../store.ts'
import { keychainAnswer } from './answer.ts'
import { keychainProblem } from './problems.ts'

const PROGRAM = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url))

/** Long enough for a person to type the keychain's password into the system's own question. */
const DEADLINE_MS = 30_000

/**
 * The keychain of the operating system (macOS, Windows, the Secret Service elsewhere). Every call is a process of its own,
 * killed when the keychain does not answer within `ALOFT_KEYCHAIN_TIMEOUT` seconds (30 unless set).
 */
export function createKeychainStore(environment: NodeJS.ProcessEnv): CredentialStore {
  return {
    delete: async id => void (await askKeychain(['delete', id], { environment })),
    get: id => askKeychain(['get', id], { environment }),
    kind: 'keychain',
    set: async (id, secret) => void (await askKeychain(['set', id], { environment, secret })),
  }
}

interface Question {
  readonly environment: NodeJS.ProcessEnv
  readonly secret?: string | undefined
}

async function askKeychain(args: readonly string[], { environment, secret }: Question): Promise<string | undefined> {
  const deadline = AbortSignal.timeout(deadlineOf(environment))
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: environment,
    killSignal: 'SIGKILL',
    signal: deadline,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(secret)
  try {
    const [answer] = await Promise.all([text(child.stdout), ended])
    const parsed = z.parse(keychainAnswer, JSON.parse(answer))
    if ('problem' in parsed) throw keychainProblem(parsed)
    return parsed.secret
  } catch (error) {
    if (deadline.aborted) throw keychainProblem({ problem: 'no answer', stage: 'use' })
    if (error instanceof AppError) throw error
    throw keychainProblem({ problem: 'its process ended without an answer', stage: 'use' })
  }
}

function deadlineOf({ ALOFT_KEYCHAIN_TIMEOUT: seconds }: NodeJS.ProcessEnv): number {
  if (seconds === undefined || seconds === '') return DEADLINE_MS
  const ms = Number(seconds) * 1000
  if (ms > 0 && ms <= 600_000) return ms
  throw new AppError('usage.flag', `ALOFT_KEYCHAIN_TIMEOUT=${seconds} is not a number of seconds from 1 to 600`)
}
