import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { postgresql } from '../../../src/lib/platform/services/postgresql.ts'
import { servicePlace } from '../../helpers/services/place.ts'
import { missingService } from '../../helpers/services/running-service.ts'
import { until } from '../../helpers/until.ts'

const NOBODY = 65_534

test('after a restart of the machine a server starts, whoever has the number of the one before', async ({
  onTestFinished,
  skip,
}) => {
  const missing = await missingService(postgresql)
  skip(missing !== undefined, missing)
  const { options, remove } = await makeKit()
  const other = execa('sleep', ['60'], { ...options, reject: false })
  onTestFinished(async () => {
    other.kill('SIGKILL')
    await remove()
  })

  const [file, boot] = ['server/postmaster.pid', 'run/boot'].map(path => join(options.cwd, 'data', path))
  if (!file || !boot) return
  const left = await serve(options, () => readFile(file, 'utf8'))
  await writeFile(file, left.replace(/^\d+/, String(other.pid)))
  await writeFile(boot, 'another')

  expect(await serve(options, () => readFile(file, 'utf8'))).not.toMatch(new RegExp(`^${other.pid}\\b`))
}, 90_000)

interface Options {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly extendEnv: false
  readonly uid?: number
  readonly gid?: number
}

/** The programs of a service and what they need, outside of any engine: no server runs as root. */
async function makeKit(): Promise<{ readonly options: Options; readonly remove: () => Promise<void> }> {
  const installed = await postgresql.locate()
  if (!installed.found) throw new Error('there is no PostgreSQL')
  const cwd = await mkdtemp(join(tmpdir(), 'aloft-kit-'))
  const isRoot = process.getuid?.() === 0
  const options: Options = {
    cwd,
    env: {
      ...postgresql.launch?.(servicePlace({ installed, isCutOff: true })).variables,
      PATH: [...installed.path, '/usr/bin', '/bin'].join(':'),
    },
    extendEnv: false,
    ...(isRoot ? { gid: NOBODY, uid: NOBODY } : {}),
  }
  const { build = '', files } = postgresql.kit(installed)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, path)), { recursive: true })
    await writeFile(join(cwd, path), content, { mode: 0o755 })
  }
  await mkdir(join(cwd, 'data'))
  await chmod(cwd, 0o755)
  if (isRoot) for (const path of [cwd, join(cwd, 'data')]) await chown(path, NOBODY, NOBODY)
  await execa('sh', ['-c', build], options)
  return { options, remove: () => rm(cwd, { force: true, recursive: true }) }
}

/** Runs the server until `use` is done. @throws when it does not become ready */
async function serve<T>(options: Options, use: () => Promise<T>): Promise<T> {
  const server = execa('bin/start', { ...options, reject: false })
  try {
    const isReady = async () => (await execa('bin/ready', { ...options, reject: false })).exitCode === 0
    const ended = server.then(({ stderr }) => Promise.reject(new Error(stderr)))
    await Promise.race([until('the server is ready', isReady, 60_000), ended])
    return await use()
  } finally {
    server.kill()
    await server
  }
}
