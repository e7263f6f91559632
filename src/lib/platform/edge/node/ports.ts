import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod/mini'
import { isAppError } from '../../../core/errors.ts'
import type { Listener } from './listeners.ts'

export interface PortPair {
  readonly http: number
  readonly https: number
}

const schema = z.object({ http: z.number(), https: z.number() })
const LAST_PORT = 65_535

/** The ports of the last time, so that addresses stay as they are. */
export async function loadPorts(directory: string): Promise<PortPair | undefined> {
  try {
    return z.parse(schema, JSON.parse(await readFile(join(directory, 'ports.json'), 'utf8')))
  } catch {
    return undefined
  }
}

export function savePorts(directory: string, ports: PortPair): Promise<void> {
  return writeFileAtomic(join(directory, 'ports.json'), JSON.stringify(ports), { mode: 0o600 })
}

export interface PortWish {
  /** Must be this one. */
  readonly explicit: number | undefined
  /** The one of the last time, or the usual one; the next that is free is as good. */
  readonly preferred: number
}

/** @throws conflict.port-taken when the port wanted explicitly is taken */
export async function listenNear(wish: PortWish, open: (port: number) => Promise<Listener>): Promise<Listener> {
  if (wish.explicit !== undefined) return open(wish.explicit)
  for (let port = wish.preferred; port < LAST_PORT; port++) {
    try {
      return await open(port)
    } catch (error) {
      if (!isAppError(error) || error.code !== 'conflict.port-taken') throw error
    }
  }
  return open(0)
}
