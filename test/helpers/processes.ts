import { readdirSync, readFileSync } from 'node:fs'

/** Pids of the processes that run this program for this home (both stand in their arguments). Linux only. */
export function findProcesses(program: string, home: string): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      const argv = readQuietly(`/proc/${pid}/cmdline`)
      return argv.includes(program) && argv.includes(home)
    })
    .map(Number)
}

/** @throws unless there is exactly one */
export function findProcess(program: string, home: string): number {
  const found = findProcesses(program, home)
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`${found.length} processes run ${program} for ${home}`)
  return only
}

/** False for a process that is gone, or dead and not yet reaped. Linux only. */
export function isRunning(pid: number): boolean {
  const state = readQuietly(`/proc/${pid}/stat`).split(') ').at(-1)?.charAt(0) ?? ''
  return state !== '' && state !== 'Z'
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** How many instances run for this home: the processes that a keeper marked and that have no marked parent. Linux only. */
export function countInstances(home: string): number {
  const marked = new Map<number, string>()
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    const environment = readQuietly(`/proc/${pid}/environ`)
    const marker = /(?:^|\0)ALOFT_INSTANCE=([^\0]+)/.exec(environment)?.[1]
    if (marker !== undefined && belongsTo(Number(pid), home)) marked.set(Number(pid), marker)
  }
  return new Set(marked.values()).size === 0 ? 0 : [...marked.keys()].filter(pid => !marked.has(parentOf(pid))).length
}

/** `kill -9` of all processes that a keeper marked so: the marker is `<environment>/<release>/<instance>`. Linux only. */
export function killMarked(prefix: string): void {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name)))
    if (readQuietly(`/proc/${pid}/environ`).includes(`ALOFT_INSTANCE=${prefix}`)) killQuietly(Number(pid))
}

/** It may have gone with the one before it. */
function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

function belongsTo(pid: number, home: string): boolean {
  for (let current = pid; current > 1; current = parentOf(current)) {
    if (readQuietly(`/proc/${current}/cmdline`).includes(home)) return true
  }
  return false
}

function parentOf(pid: number): number {
  const fields = readQuietly(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')
  return Number(fields?.[1] ?? 0)
}
