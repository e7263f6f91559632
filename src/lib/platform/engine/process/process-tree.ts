import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** One process as the kernel sees it. */
export interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  readonly group: number
  /** Tells two processes of one number apart: clock ticks since boot on Linux, a date elsewhere. */
  readonly startTime: string
  readonly state: 'running' | 'stopped' | 'waiting for the kernel'
}

/** What survives on disk of a process: enough never to mistake another for it. */
export interface ProcessIdentity {
  readonly pid: number
  readonly startTime: string
  readonly bootId: string
}

export type ProcessTable = ReadonlyMap<number, ProcessEntry>

const LINUX = process.platform === 'linux'

/** Changes with each boot of the machine. */
function bootId(): string {
  if (LINUX) return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return execFileSync('/usr/sbin/sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' }).trim()
}

/** All living processes; zombies do not count. */
export function processTable(): ProcessTable {
  const entries = LINUX ? numericNames('/proc').map(readEntry) : listByPs()
  return new Map(entries.filter(entry => entry !== undefined).map(entry => [entry.pid, entry]))
}

export function findProcess(pid: number): ProcessEntry | undefined {
  return LINUX ? readEntry(pid) : processTable().get(pid)
}

/** Undefined when it is gone already. */
export function identify(pid: number): ProcessIdentity | undefined {
  const entry = findProcess(pid)
  return entry && { bootId: bootId(), pid, startTime: entry.startTime }
}

/** True while exactly that process lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  return findProcess(identity.pid)?.startTime === identity.startTime && identity.bootId === bootId()
}

/** The process and all that descend from it, parents first; nothing when it is not there. */
export function descendants(root: number, table: ProcessTable = processTable()): number[] {
  if (!table.has(root)) return []
  const children = new Map<number, number[]>()
  for (const { parent, pid } of table.values()) {
    const list = children.get(parent)
    if (list) list.push(pid)
    else children.set(parent, [pid])
  }
  const queue = [root]
  for (const pid of queue) queue.push(...(children.get(pid) ?? []))
  return queue
}

export interface TreeSelector {
  /** Its descendants and the members of its process group belong to the tree. */
  readonly root?: number | undefined
  /** `NAME=prefix` in the environment that a process was started with. */
  readonly marker?: string | undefined
  /** All processes of that user. */
  readonly uid?: number | undefined
}

/** The living processes of a tree, also those that left it by a double fork. */
export function membersOf({ marker, root, uid }: TreeSelector, table: ProcessTable = processTable()): number[] {
  const found = new Set<number>()
  if (root !== undefined) {
    for (const pid of descendants(root, table)) found.add(pid)
    for (const { group, pid } of table.values()) if (group === root) found.add(pid)
  }
  for (const pid of table.keys()) if (hasMarker(pid, marker) || isOwnedBy(pid, uid)) found.add(pid)
  found.delete(process.pid)
  return [...found]
}

/** Kills by SIGKILL until nothing of the tree is left: what forks meanwhile is caught by the next look. */
export async function killTree(selector: TreeSelector, deadlineMs = 5000): Promise<void> {
  const deadline = Date.now() + deadlineMs
  let pause = 2
  for (let left = membersOf(selector); left.length > 0 && Date.now() < deadline; left = membersOf(selector)) {
    for (const pid of left) sendSignal(pid, 'SIGKILL')
    await delay(pause)
    pause = Math.min(pause * 2, 50)
  }
}

/**
 * Stops a tree by SIGSTOP until nothing of it runs: what forks meanwhile is caught by the next look. False when something
 * still runs at the deadline, e.g. waits for a disk.
 */
export async function stopTree(selector: TreeSelector, deadlineMs = 5000): Promise<boolean> {
  const deadline = Date.now() + deadlineMs
  for (let pause = 1; ; pause = Math.min(pause * 2, 20)) {
    const table = processTable()
    const members = membersOf(selector, table).flatMap(pid => table.get(pid) ?? [])
    const running = members.filter(({ state }) => state !== 'stopped')
    if (running.length === 0) return true
    if (Date.now() >= deadline) return false
    for (const { pid, state } of running) {
      sendSignal(pid, 'SIGSTOP')
      if (state === 'waiting for the kernel') letChildrenOn(pid, members)
    }
    await delay(pause)
  }
}

/** A process that called vfork(2) can only stop once its child has called execve(2): one that was stopped before goes on to there. */
function letChildrenOn(parent: number, members: readonly ProcessEntry[]): void {
  for (const child of members)
    if (child.parent === parent && child.state === 'stopped') sendSignal(child.pid, 'SIGCONT')
}

export function continueTree(selector: TreeSelector): void {
  for (const pid of membersOf(selector)) sendSignal(pid, 'SIGCONT')
}

/** A process that is gone is no error. @param pid Negative: the process group. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

function readEntry(pid: number): ProcessEntry | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // proc(5): the second field is the name in parentheses and may hold anything
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, parent, group] = fields
  const startTime = fields[19]
  if (state === 'Z' || state === 'X' || startTime === undefined) return undefined
  return { group: Number(group), parent: Number(parent), pid, startTime, state: stateOf(state) }
}

/** From its letter in proc(5) and ps(1). */
function stateOf(letter = ''): ProcessEntry['state'] {
  if (/^t/i.test(letter)) return 'stopped'
  return /^[DU]/.test(letter) ? 'waiting for the kernel' : 'running'
}

function listByPs(): ProcessEntry[] {
  const text = execFileSync('/bin/ps', ['-axo', 'pid=,ppid=,pgid=,stat=,lstart='], { encoding: 'utf8' })
  return text.split('\n').flatMap(line => {
    const [pid, parent, group, state, ...start] = line.trim().split(/\s+/)
    if (!pid || state?.startsWith('Z')) return []
    return [
      {
        group: Number(group),
        parent: Number(parent),
        pid: Number(pid),
        startTime: start.join(' '),
        state: stateOf(state),
      },
    ]
  })
}

function hasMarker(pid: number, marker: string | undefined): boolean {
  if (marker === undefined || !LINUX) return false
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
    return environment.startsWith(marker) || environment.includes(`\0${marker}`)
  } catch {
    return false
  }
}

function isOwnedBy(pid: number, uid: number | undefined): boolean {
  if (uid === undefined || !LINUX) return false
  try {
    return statSync(`/proc/${pid}`).uid === uid
  } catch {
    return false
  }
}

function numericNames(directory: string): number[] {
  return readdirSync(directory)
    .filter(name => /^\d+$/.test(name))
    .map(Number)
}
