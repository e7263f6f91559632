import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { type Hello, helloSchema } from './control/protocol.ts'

/** Who the edge is, for a platform that finds it silent. */
export function identityFile(directory: string): string {
  return join(directory, 'process.json')
}

export async function readIdentity(directory: string): Promise<Hello | undefined> {
  try {
    return z.parse(helloSchema, JSON.parse(await readFile(identityFile(directory), 'utf8')))
  } catch {
    return undefined
  }
}
