import { createHash, createHmac } from 'node:crypto'
import * as z from 'zod/mini'
import type { RowCounter, ServicePlace } from '../port.ts'

/** What definitions consist of (rabbitmq.com, "Schema Definition Export and Import"), as far as it is somebody's work. */
export const KINDS = [
  'bindings',
  'exchanges',
  'parameters',
  'permissions',
  'policies',
  'queues',
  'topic_permissions',
  'users',
  'vhosts',
] as const

const SALT_BYTES = 4
const EVERYTHING = '.*'
const lists = z.partialRecord(z.enum(KINDS), z.array(z.unknown()))

/** The user of the service, who may everything in all virtual hosts: imported at each start. Its password is a hash in it. */
export function ownDefinitions(
  { credentials: { password, username } }: ServicePlace,
  vhosts: readonly string[],
): string {
  const tags = ['administrator']
  const hash = { hashing_algorithm: 'rabbit_password_hashing_sha256', password_hash: hashOf(password, username) }
  return JSON.stringify({
    permissions: vhosts.map(vhost => ({
      configure: EVERYTHING,
      read: EVERYTHING,
      user: username,
      vhost,
      write: EVERYTHING,
    })),
    users: [{ ...hash, limits: {}, name: username, tags }],
    vhosts: vhosts.map(name => ({ name })),
  })
}

/** As rabbitmq.com, "Passwords" has it. The salt follows from both, so that an unchanged service is not started again. */
function hashOf(password: string, username: string): string {
  const salt = createHmac('sha256', password).update(username).digest().subarray(0, SALT_BYTES)
  const digest = createHash('sha256').update(salt).update(password).digest()
  return Buffer.concat([salt, digest]).toString('base64')
}

/** Counts what is in exported definitions, by kind. They are small: one document, held until its end. */
export function createDefinitionsCounter(): RowCounter {
  const chunks: Buffer[] = []
  return {
    result() {
      const found = parse(Buffer.concat(chunks).toString())
      return found && Object.fromEntries(KINDS.map(kind => [kind, found[kind]?.length ?? 0]))
    },
    write: chunk => void chunks.push(Buffer.from(chunk)),
  }
}

function parse(text: string): z.infer<typeof lists> | undefined {
  try {
    const all = z.record(z.string(), z.unknown()).parse(JSON.parse(text))
    return lists.parse(Object.fromEntries(KINDS.flatMap(kind => (kind in all ? [[kind, all[kind]]] : []))))
  } catch {
    return undefined
  }
}
