import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../../src/lib/platform/store/port.ts'
import { migrations } from '../../../src/lib/platform/store/sqlite/migrations/all.ts'
import { openSqliteStore, type SqliteStoreOptions } from '../../../src/lib/platform/store/sqlite/open.ts'
import { deploymentOf, newActivity } from './records.ts'
import { storeContract } from './store-contract.ts'

function open(directory: string, options: Partial<SqliteStoreOptions> = {}): Store {
  return openSqliteStore({
    database: join(directory, 'data', 'platform.db'),
    secretKey: join(directory, 'config', 'secret.key'),
    ...options,
  })
}

storeContract('sqlite', { open: (directory, now) => open(directory, now ? { now } : {}) })

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'aloft-sqlite-'))
  onTestFinished(() => rmSync(directory, { force: true, recursive: true }))
  return directory
}

/** A process that opens the store, writes without pause, and prints the id of each write once it has returned. */
async function startWriter(directory: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writer-process.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string | undefined> => {
    const line = await lines.next()
    return line.done ? undefined : line.value
  }
  await next()
  return { child, next }
}

describe('durability', () => {
  test('every write that returned is there after kill -9', async () => {
    const directory = temporaryDirectory()
    for (const wanted of [1, 40, 150]) {
      const { child, next } = await startWriter(directory)
      const acknowledged: string[] = []
      for (let line = await next(); line !== undefined; line = await next()) {
        acknowledged.push(line)
        if (acknowledged.length === wanted) child.kill('SIGKILL')
      }

      const store = open(directory)
      const present = new Set(store.projects.list().map(({ name }) => name))
      const pairs = new Set(store.settings.list('').map(({ name }) => name))
      store.close()
      expect(acknowledged.filter(name => !present.has(name))).toEqual([])
      expect([...present].filter(name => !pairs.has(name))).toEqual([])
    }
  })
})

describe('the lock', () => {
  test('a second platform on the same database is refused until the first is gone', async () => {
    const directory = temporaryDirectory()
    const { child } = await startWriter(directory)

    expect(() => open(directory)).toThrow(expect.objectContaining({ code: 'conflict.platform-running' }))
    child.kill('SIGKILL')
    await once(child, 'exit')
    open(directory).close()
  })
})

describe('migrations', () => {
  const second = 'ALTER TABLE projects ADD COLUMN colour TEXT'

  test('bring a database of version 1 up with all its data', () => {
    const directory = temporaryDirectory()
    const old = open(directory, { migrations: migrations.slice(0, 1) })
    const project = old.projects.create({ name: 'shop' })
    old.close()

    const current = open(directory, { migrations: [...migrations, second] })
    expect(current.projects.list()).toEqual([project])
    current.close()
  })

  test('leave the database as it was when one fails', () => {
    const directory = temporaryDirectory()
    open(directory).close()

    expect(() => open(directory, { migrations: [...migrations, `${second}; SELECT nonsense`] })).toThrow('nonsense')
    open(directory).close()
  })

  test('a damaged database is named', () => {
    const directory = temporaryDirectory()
    open(directory).close()
    writeFileSync(join(directory, 'data', 'platform.db'), 'this is no database'.repeat(1000))

    expect(() => open(directory)).toThrow(
      expect.objectContaining({
        code: 'unavailable.platform',
        message: expect.stringMatching(/platform\.db is damaged$/),
      }),
    )
  })

  test('a database newer than the code is refused', () => {
    const directory = temporaryDirectory()
    open(directory, { migrations: [...migrations, second] }).close()

    expect(() => open(directory)).toThrow(expect.objectContaining({ code: 'conflict.platform-version' }))
  })
})

describe('secrets', () => {
  test('are nowhere in the files, and the files are the owner’s alone', () => {
    const directory = temporaryDirectory()
    const store = open(directory)
    const project = store.projects.create({ name: 'shop' }).id
    const environment = store.environments.create({ name: 'main', project, type: 'development' }).id
    const variable = { name: 'K', secret: true, value: 'set-hush', visibleAtBuild: true, visibleAtRuntime: true }
    store.variables.set({ project }, variable)
    store.deployments.create(deploymentOf({ environment, id: 'dep_1', project }))
    store.tokens.create({ name: 'ci', scope: 'write', value: 'token-hush' })
    const { id } = store.activities.create(newActivity({ input: { variables: { A: 'input-hush' } } })).activity
    store.activities.startStep(id, 'one')
    store.activities.finishStep(id, 'one', 'output-hush')

    const data = join(directory, 'data')
    for (const file of readdirSync(data)) {
      expect(readFileSync(join(data, file), 'latin1')).not.toContain('hush')
      expect(statSync(join(data, file)).mode & 0o077).toBe(0)
    }
    store.close()
    expect(statSync(join(directory, 'config', 'secret.key')).mode & 0o777).toBe(0o600)
  })

  test('a missing, another or a broken key is told at once and never replaced', () => {
    const directory = temporaryDirectory()
    const key = join(directory, 'config', 'secret.key')
    open(directory).close()
    const refused = expect.objectContaining({ code: 'unavailable.platform' })

    writeFileSync(key, `${Buffer.alloc(32).toString('base64')}\n`)
    expect(() => open(directory)).toThrow(refused)
    writeFileSync(key, 'x')
    expect(() => open(directory)).toThrow(refused)
    rmSync(key)
    expect(() => open(directory)).toThrow(refused)
  })
})
