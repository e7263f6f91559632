import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { findServiceType } from '../../src/lib/platform/services/catalogue.ts'
import { findSystemProgram } from '../../src/lib/platform/services/versions.ts'
import { createAloft } from '../aloft.ts'
import { type DataEnvironment, deployData, fillVolume } from '../data-environment.ts'
import { databaseRows } from '../database-rows.ts'
import { type Command, measure, median, ratio } from '../measure.ts'
import { atMost, type Table } from '../report.ts'
import { createWorkspace } from '../workspace.ts'

const ROUNDS = 5
const GZIP_LEVEL = 6
const VOLUME = { bytes: 50_000, files: 4000 }
const UNCHANGED_MS = 1200
const MEGABYTE = 1e6

/** A server's own programs, run beside the socket of the service's maintenance, which has a path too long to name. */
interface Server {
  readonly service: string
  readonly client: readonly string[]
  readonly dump: readonly string[]
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Of the wall time of the bare dump. */
  readonly limit: number
}

const SERVERS: readonly Server[] = [
  {
    client: ['psql', '--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1'],
    dump: ['pg_dump', '--no-password'],
    env: { PGDATABASE: 'main', PGHOST: '/proc/self/cwd', PGUSER: 'postgres' },
    limit: 1.3,
    service: 'postgresql',
  },
  {
    client: ['mariadb', '--no-defaults', '--socket=server.sock', '--user=root', 'main'],
    dump: ['mariadb-dump', '--no-defaults', '--socket=server.sock', '--user=root', '--single-transaction', 'main'],
    limit: 1.9,
    service: 'mariadb',
  },
]

/**
 * `aloft backup --live` of a database of more than 150 MB beside the bare dump to /dev/null, from the command's start to its end:
 * compressed, hashed, on disk and read back. Then a volume of 200 MB of which nothing has changed.
 */
export async function* backup(rounds = ROUNDS): AsyncGenerator<Table> {
  using workspace = createWorkspace()
  const aloft = createAloft(workspace.directory)
  try {
    for (const server of SERVERS) {
      const environment = await deployData(aloft, workspace.directory, server.service)
      yield await besideBareDump(server, environment, { directory: workspace.directory, rounds })
      if (server.service === 'postgresql') yield await unchangedVolume(environment, rounds)
    }
  } finally {
    await aloft.run('platform', 'stop', '--all')
  }
}

async function besideBareDump(
  server: Server,
  environment: DataEnvironment,
  { directory, rounds }: { readonly directory: string; readonly rounds: number },
): Promise<Table> {
  const cwd = join(environment.volume('data'), 'run')
  const bare: Command = { argv: await located(server, server.dump), cwd, env: server.env, label: 'bare dump' }
  await load({ ...bare, argv: await located(server, server.client) })
  const backUp = environment.backUp('--only', 'database')
  const piped = throughZstd(bare, server, directory)
  const [base = [], runs = [], shell = []] = await measure([bare, backUp, ...piped], { rounds })
  const stored = await environment.storedBytes()
  const { plain, zipped } = await sizes(bare)
  return {
    rows: [
      { label: `${server.dump[0]} > /dev/null`, notes: [megabytes(plain)], runs: base },
      ...piped.map(({ label }) => ({ label, runs: shell })),
      {
        goals: [
          atMost(ratio(runs, base), server.limit, `${server.limit}x the bare dump`),
          atMost(stored, zipped, `${megabytes(zipped)}, what gzip -${GZIP_LEVEL} makes of it`),
        ],
        label: backUp.label,
        notes: [`${megabytes(stored)} stored`],
        runs,
      },
    ],
    title: `backup of a ${server.service} database`,
  }
}

/** What the shell alone makes of it, with less done: no rows counted, no checksum, nothing flushed or read back. Empty without zstd. */
function throughZstd({ argv, cwd, env }: Command, { dump }: Server, directory: string): Command[] {
  const zstd = findSystemProgram('zstd')
  if (zstd === undefined) return []
  const line = '"$@" | "$ZSTD" -2 --quiet >"$0"'
  const file = join(directory, 'dump.zst')
  return [
    {
      argv: ['sh', '-c', line, file, ...argv],
      cwd,
      env: { ...env, ZSTD: zstd },
      label: `${dump[0]} | zstd -2 > file`,
    },
  ]
}

async function unchangedVolume(environment: DataEnvironment, rounds: number): Promise<Table> {
  fillVolume(environment.volume('web', 'uploads'), VOLUME)
  const again = environment.backUp('--only', 'files')
  const [runs = []] = await measure([again], { rounds })
  const took = median(runs.map(({ wallMs }) => wallMs))
  return {
    rows: [
      {
        goals: [atMost(took, UNCHANGED_MS, `${UNCHANGED_MS} ms`)],
        label: `${again.label}, again`,
        notes: [megabytes(VOLUME.bytes * VOLUME.files)],
        runs,
      },
    ],
    title: 'backup of a volume of which nothing has changed',
  }
}

/** With the path of its program where the platform finds it: Debian's own name of it is a wrapper. */
async function located({ service }: Server, [program = '', ...args]: readonly string[]): Promise<string[]> {
  const found = await findServiceType(service)?.locate()
  if (!found?.found) throw new Error(`no ${service} is installed`)
  const directory = found.path[0] ?? dirname(process.execPath)
  return [service === 'postgresql' ? join(directory, program) : program, ...args]
}

async function load(client: Command): Promise<void> {
  const child = run(client)
  await Promise.all([pipeline(Readable.from(databaseRows()), child.stdin), succeeded(child, client)])
}

/** Of the dump as it is, and as gzip makes it. */
async function sizes(dump: Command): Promise<{ readonly plain: number; readonly zipped: number }> {
  const child = run(dump)
  const gzip = openGzip()
  let plain = 0
  let zipped = 0
  child.stdout.on('data', (chunk: Buffer) => (plain += chunk.length))
  const count = async (stream: AsyncIterable<Buffer>): Promise<void> => {
    for await (const { length } of stream) zipped += length
  }
  await Promise.all([pipeline(child.stdout, gzip, count), succeeded(child, dump)])
  return { plain, zipped }
}

/** The program: Node's own zlib gives other sizes. */
function openGzip(): Duplex {
  const program = findSystemProgram('gzip')
  if (program === undefined) return createGzip({ level: GZIP_LEVEL })
  const { stdin, stdout } = spawn(program, [`-${GZIP_LEVEL}`], { stdio: ['pipe', 'pipe', 'inherit'] })
  return Duplex.from({ readable: stdout, writable: stdin })
}

function run({ argv: [program = '', ...args], cwd, env }: Command) {
  return spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] })
}

async function succeeded(child: ReturnType<typeof run>, { label }: Command): Promise<void> {
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${label} ended with ${String(code)}`)
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`
}
