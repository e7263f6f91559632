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

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
