import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import getPort from 'get-port'

/** Below Linux' range for outgoing connections (32768 and above), so that a port stays free while its owner restarts. */
const FIRST_PORT = 20_000
const LAST_PORT = 29_999
const TRIES = 50
const HOST = '127.0.0.1'
/** State of a listening socket in /proc/net/tcp (include/net/tcp_states.h). */
const LISTEN = '0A'

/** A port on 127.0.0.1 that nobody listens on, none of `taken`. */
export async function choosePort(taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1))
    if (!taken.has(port) && (await isFree(port))) return port
  }
  return getPort({ exclude: taken, host: HOST })
}

export function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ exclusive: true, host: HOST, port }, () => server.close(() => resolve(true)))
  })
}

export interface Listener {
  readonly port: number
  /** Where to reach it from this machine. */
  readonly host: string
}

/** The TCP ports on which these processes listen, lowest first. Linux only; elsewhere nothing is found. */
export function listenersOf(pids: readonly number[]): readonly Listener[] {
  if (process.platform !== 'linux') return []
  const inodes = new Set(pids.flatMap(socketInodes))
  if (inodes.size === 0) return []
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap(readTable)
    .filter(({ inode }) => inodes.has(inode))
    .map(({ address, port }) => ({ host: reachable(address), port }))
    .toSorted((a, b) => a.port - b.port)
}

function socketInodes(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
      } catch {
        return []
      }
    })
  } catch {
    return []
  }
}

function readTable(path: string): { address: string; port: number; inode: string }[] {
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch {
    return []
  }
  return text
    .split('\n')
    .slice(1)
    .flatMap(line => {
      const fields = line.trim().split(/\s+/)
      const [address, port] = (fields[1] ?? '').split(':')
      const inode = fields[9]
      if (fields[3] !== LISTEN || !address || !port || !inode) return []
      return [{ address, inode, port: Number.parseInt(port, 16) }]
    })
}

/** `::1` alone is not reached by 127.0.0.1; all other local addresses are taken as any. */
function reachable(address: string): string {
  return address === '00000000000000000000000001000000' ? '[::1]' : HOST
}
