import { chmod } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ServiceConnection, ServiceType } from '../../../src/lib/platform/services/port.ts'
import { createFixture, type EngineFixture } from '../../helpers/process-engine.ts'
import { missingService, type RunningService, startService } from '../../helpers/services/running-service.ts'

/** What an application does with the database, each time over a connection of its own. */
export interface DatabaseClient {
  /** Resolves when the server has acknowledged it. @throws with `denied` when the server refuses the credentials */
  write(connection: ServiceConnection, key: string, value: string): Promise<void>
  /** All that was written. */
  read(connection: ServiceConnection): Promise<Readonly<Record<string, string>>>
  /** In the error of a client with a wrong password. */
  readonly denied: RegExp
  /** A dump that the server refuses at its end, after data that it takes. */
  readonly broken: string
}

const signal = AbortSignal.timeout(120_000)
/** Quotes, line ends, tabs, backslashes, other alphabets: what breaks dumps. */
const NASTY = `it's "quoted"\nsecond line\r\n\ttab \\ backslash \\. \\N \\n ;-- $$ \u{1f600} ÄÖ 漢字 %s`

const PASSWORD = String.raw`p"a's$HOME \w`

/** What every database keeps to under applications, on a real engine. */
export async function describeDatabase(type: ServiceType, client: DatabaseClient): Promise<void> {
  const missing = await missingService(type)

  describe(`the database ${type.name}`, () => {
    let fixture: EngineFixture
    let service: RunningService
    let copy: RunningService

    beforeEach(context => context.skip(missing !== undefined, missing))
    beforeAll(async () => {
      fixture = await createFixture()
      await chmod(dirname(fixture.layout.home.data), 0o711)
      if (missing !== undefined) return
      const credentials = { password: PASSWORD, username: 'main' }
      service = await startService(fixture, type, { credentials })
      copy = await startService(fixture, type)
    })
    afterAll(() => fixture.dispose())

    it('gives an application with its credentials back what it wrote', async () => {
      await client.write(connectionOf(service), 'plain', 'value')
      await client.write(connectionOf(service), 'nasty', NASTY)
      expect(await client.read(connectionOf(service))).toEqual({ nasty: NASTY, plain: 'value' })
    })

    it('refuses a wrong password', async () => {
      const wrong = { ...connectionOf(service), password: 'wrong' }
      await expect(client.read(wrong)).rejects.toThrow(client.denied)
    })

    it('is dumped while it is written to, and restored into another environment as it was at one moment', async () => {
      const writer = startWriting(key => client.write(connectionOf(service), key, 'meanwhile'))
      const before = await writer.first
      const { content, rows } = await service.dump()
      await writer.stop()
      await client.write(connectionOf(copy), 'old', 'goes away')

      await copy.restore(content)

      const restored = await client.read(connectionOf(copy))
      expect(restored).toMatchObject({ nasty: NASTY, plain: 'value' })
      expect(Object.keys(restored)).toContain(before)
      expect(restored).not.toHaveProperty('old')
      expect(await copy.count()).toEqual(rows)
      expect(sumOf(rows)).toBe(type.data?.counter && Object.keys(restored).length)
      await client.write(connectionOf(copy), 'later', 'too')
    })

    it('says why a dump cannot be restored, without the password', async () => {
      const restoring = copy.restore(Buffer.from(client.broken))

      await expect(restoring).rejects.toMatchObject({ code: 'failed.restore' })
      const message = await restoring.catch(String)
      expect(message).toContain(`${copy.target.place.name} (${type.title})`)
      expect(message).not.toContain(copy.target.place.credentials.password)
    })

    it('is no dump when whoever takes it fails, or asks for its end', async () => {
      const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no space left')) })
      await expect(service.operations.dump(service.target, failing, signal)).rejects.toThrow(
        /no space left|lost its stream/,
      )

      const controller = new AbortController()
      const stuck = new Writable({ write: () => controller.abort() })
      const cancelled = service.operations.dump(service.target, stuck, controller.signal)
      await expect(cancelled).rejects.toMatchObject({ code: 'failed.cancelled' })
      expect(stuck.destroyed).toBe(true)
    })

    it('does not take the end of a broken stream for the end of the dump', async () => {
      const { content } = await service.dump()
      const cut = Readable.from(
        (async function* () {
          yield content.subarray(0, content.length / 2)
          throw new Error('connection lost')
        })(),
      )
      await expect(copy.operations.restore(copy.target, cut, signal)).rejects.toMatchObject({ code: 'failed.restore' })
    })

    it('keeps its data when it is stopped and started', async () => {
      const before = await client.read(connectionOf(service))
      await service.stop()
      await service.start()

      expect(await client.read(connectionOf(service))).toEqual(before)
    })

    it('keeps what it acknowledged when it is killed', async () => {
      await client.write(connectionOf(service), 'acknowledged', 'yes')
      await service.kill()
      expect(await client.read(connectionOf(service))).toMatchObject({ acknowledged: 'yes', nasty: NASTY })
    })
  })
}

export interface EndpointsUnderTest {
  readonly type: ServiceType
  /** With the endpoints `admin`, `reporter` (reads `main`) and `importer` (writes to `legacy`). */
  readonly configuration: Readonly<Record<string, unknown>>
  readonly query: (connection: ServiceConnection, statement: string) => Promise<string>
  readonly denied: RegExp
  /** Of `main`.`kept`, `main`.`odd "name.` and `legacy`.`imported`, in this order. */
  readonly tables: readonly [string, string, string]
  readonly quote: (name: string) => string
  /** Statements: in `main` a table `referred` with a row, in `legacy` a table `referring`, which does so where that is possible. */
  readonly referring: readonly [string, string]
}

const ODD = 'odd "`name. (x)'

/** What databases and endpoints of a configuration promise, and that a backup has all of them. */
export async function describeEndpoints(under: EndpointsUnderTest): Promise<void> {
  const { configuration, denied, query, quote, referring, tables, type } = under
  const missing = await missingService(type)

  describe(`the endpoints of ${type.name}`, () => {
    let fixture: EngineFixture
    beforeEach(context => context.skip(missing !== undefined, missing))
    beforeAll(async () => {
      fixture = await createFixture()
      await chmod(dirname(fixture.layout.home.data), 0o711)
    })
    afterAll(() => fixture.dispose())

    it('may do what the configuration says and no more, also after a restore of all databases', async () => {
      const service = await startService(fixture, type, { configuration })
      const by = (name: string, path?: string): ServiceConnection => {
        const found = type.connections(service.target.place).find(({ endpoint }) => endpoint === name)
        if (!found) throw new Error(`there is no endpoint ${name}`)
        return { ...found, host: service.target.place.host, path: path ?? found.path }
      }
      await query(by('admin'), `CREATE TABLE kept (a int); INSERT INTO kept VALUES (1), (2)`)
      await query(by('admin'), `CREATE TABLE ${quote(ODD)} (a int); INSERT INTO ${quote(ODD)} VALUES (3)`)
      await query(by('admin', 'legacy'), 'CREATE TABLE imported (a int)')

      const check = async (): Promise<void> => {
        expect(await query(by('reporter'), 'SELECT COUNT(*) FROM kept')).toBe('2')
        await expect(query(by('reporter'), 'INSERT INTO kept VALUES (3)')).rejects.toThrow(denied)
        await expect(query(by('reporter', 'legacy'), 'SELECT * FROM imported')).rejects.toThrow(denied)
        await query(by('importer'), 'INSERT INTO imported VALUES (1)')
        await expect(query(by('importer'), 'CREATE TABLE more (a int)')).rejects.toThrow(denied)
      }
      await check()
      const { content, rows } = await service.dump()
      expect(rows).toEqual({ [tables[0]]: 2, [tables[1]]: 1, [tables[2]]: 1 })

      await query(by('admin'), 'DROP TABLE kept')
      await service.restore(content)

      expect(await service.count()).toEqual(rows)
      await check()
    }, 60_000)

    it('keeps its data when its configuration changes, and restores databases of two administrators that refer to each other', async () => {
      const service = await startService(fixture, type)
      await query(connectionOf(service), referring[0])
      const privileges = { legacy: 'admin', main: 'admin' }
      const changed = await service.configure({
        ...configuration,
        endpoints: { app: { privileges }, admin: { privileges } },
      })
      const [app, admin] = type
        .connections(changed.target.place)
        .map(found => ({ ...found, host: changed.target.place.host }))
      if (!app || !admin) throw new Error(`${type.name} has not both endpoints`)

      await query({ ...admin, path: 'legacy' }, referring[1])
      const { content } = await changed.dump()
      await changed.restore(content)

      expect(await query({ ...app, path: 'main' }, 'SELECT COUNT(*) FROM referred')).toBe('1')
      await query({ ...app, path: 'legacy' }, 'DROP TABLE referring')
    }, 60_000)
  })
}

function connectionOf({ target: { place, type } }: RunningService): ServiceConnection {
  const [connection] = type.connections(place)
  if (!connection) throw new Error(`${type.name} has no connection`)
  return { ...connection, host: place.host }
}

/** Writes one key after the other until it is told to stop. */
function startWriting(write: (key: string) => Promise<void>): { first: Promise<string>; stop(): Promise<void> } {
  const stopped = new AbortController()
  const first = write('key0').then(() => 'key0')
  const writing = (async () => {
    await first
    for (let index = 1; !stopped.signal.aborted; index++) await write(`key${index}`)
  })()
  return {
    first,
    async stop() {
      stopped.abort()
      await writing
    },
  }
}

function sumOf(rows: Readonly<Record<string, number>> | undefined): number | undefined {
  return rows && Object.values(rows).reduce((sum, count) => sum + count, 0)
}
