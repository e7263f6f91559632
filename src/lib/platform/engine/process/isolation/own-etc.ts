import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { LaunchSpec } from '../../port.ts'
import { HOME } from './bubblewrap.ts'

/** Name of the environment's user and group inside. */
export const USER = 'app'

export interface OwnEtcOptions {
  /** Where the files are made. */
  readonly directory: string
  readonly uid: number
  readonly gid: number
}

/** A file of the host that shows in place of one of the system's. */
export interface FileView {
  readonly source: string
  readonly target: string
}

/**
 * The files of /etc that differ in a sandbox: passwd(5) and group(5) know the environment's user, as `initdb`, `git` and
 * others want of theirs, and hosts(5) the names that the launch gives.
 */
export class OwnEtc {
  readonly #options: OwnEtcOptions
  readonly #hosts = new Map<string, Promise<string>>()

  constructor(options: OwnEtcOptions) {
    this.#options = options
  }

  /** Once per keeper. */
  async prepare(): Promise<void> {
    const { directory, gid, uid } = this.#options
    await mkdir(directory, { mode: 0o711, recursive: true })
    const [users, groups] = await Promise.all(['/etc/passwd', '/etc/group'].map(readLines))
    const isOther = (id: number) => (line: string) => {
      const [name, , number] = line.split(':')
      return name !== USER && number !== String(id)
    }
    const user = `${USER}:x:${uid}:${gid}:${USER}:${HOME}:/bin/sh`
    await this.#write('passwd', [user, ...(users ?? []).filter(isOther(uid))])
    await this.#write('group', [`${USER}:x:${gid}:`, ...(groups ?? []).filter(isOther(gid))])
  }

  /** What a process with these hosts sees; only files that the system has, too, since /etc is read-only there. */
  async views(hosts: LaunchSpec['hosts']): Promise<readonly FileView[]> {
    const { directory } = this.#options
    const views = ['passwd', 'group'].map(name => ({ source: join(directory, name), target: `/etc/${name}` }))
    if (hosts) views.push({ source: await this.#hostsFile(hosts), target: '/etc/hosts' })
    return views.filter(({ target }) => existsSync(target))
  }

  #hostsFile(hosts: NonNullable<LaunchSpec['hosts']>): Promise<string> {
    const own = Object.entries(hosts).map(([name, address]) => `${address}\t${name}`)
    const name = `hosts-${createHash('sha256').update(own.join('\n')).digest('hex').slice(0, 12)}`
    const known = this.#hosts.get(name)
    if (known) return known
    const file = readLines('/etc/hosts').then(lines =>
      this.#write(name, [...lines.flatMap(line => withoutNames(line, hosts)), ...own]),
    )
    this.#hosts.set(name, file)
    return file
  }

  async #write(name: string, lines: readonly string[]): Promise<string> {
    const path = join(this.#options.directory, name)
    await writeFileAtomic(path, `${lines.join('\n')}\n`, { fsync: false, mode: 0o644 })
    return path
  }
}

async function readLines(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').filter(line => line !== '')
}

/** A resolver may return the addresses of all lines that have a name (host.conf(5), multi). */
function withoutNames(line: string, hosts: NonNullable<LaunchSpec['hosts']>): string[] {
  const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
  const left = names.filter(name => hosts[name] === undefined)
  if (left.length === names.length) return [line]
  return left.length === 0 ? [] : [[address, ...left].join(' ')]
}
