import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { AppError } from '../../../../core/errors.ts'
import type { Layout } from '../../../layout.ts'

/** Debian policy 9.2.2 keeps these for software that allocates its own. */
const FIRST = 60_000
const COUNT = 5000
const FILE = 'uid'

/**
 * The user (and group) number of an environment, the same for ever: chosen by the environment's id among those no other
 * environment, no account and no process has, then kept on disk. @throws failed.isolation when none is left
 */
export async function environmentUid(layout: Layout, environment: string): Promise<number> {
  const own = await readUid(layout, environment)
  if (own !== undefined) return own
  const taken = new Set([...(await otherEnvironments(layout)), ...(await accounts()), ...(await runningUsers())])
  const start = createHash('sha256').update(environment).digest().readUInt32BE() % COUNT
  for (let step = 0; step < COUNT; step++) {
    const uid = FIRST + ((start + step) % COUNT)
    if (taken.has(uid)) continue
    await mkdir(layout.keeper(environment), { mode: 0o700, recursive: true })
    await writeFileAtomic(join(layout.keeper(environment), FILE), `${uid}\n`, { mode: 0o600 })
    return uid
  }
  throw new AppError('failed.isolation', `no user number between ${FIRST} and ${FIRST + COUNT - 1} is free`)
}

async function readUid(layout: Layout, environment: string): Promise<number | undefined> {
  const text = await readFile(join(layout.keeper(environment), FILE), 'utf8').catch(() => '')
  const uid = Number.parseInt(text, 10)
  return uid >= FIRST && uid < FIRST + COUNT ? uid : undefined
}

async function otherEnvironments(layout: Layout): Promise<number[]> {
  const names = await readdir(join(layout.home.data, 'environments')).catch(() => [])
  const uids = await Promise.all(names.map(name => readUid(layout, name)))
  return uids.filter(uid => uid !== undefined)
}

async function accounts(): Promise<number[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return text.split('\n').map(line => Number(line.split(':')[2]))
}

async function runningUsers(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => [])
  const stats = await Promise.all(
    names.filter(name => /^\d+$/.test(name)).map(name => stat(`/proc/${name}`).catch(() => undefined)),
  )
  return stats.flatMap(found => (found ? [found.uid] : []))
}
