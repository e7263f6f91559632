import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { downloadFile } from '../../../src/lib/cli/backups/download.ts'
import type { Activity } from '../../../src/lib/core/model.ts'
import type { Backups } from '../../../src/lib/providers/backups-port.ts'
import type { Upload } from '../../../src/lib/platform/uploads/uploads.ts'
import type { Provider } from '../../../src/lib/providers/port.ts'
import { openProvider } from '../../../src/lib/providers/registry.ts'
import { type BackupServer, startBackupServer } from '../../helpers/backup-server.ts'
import { startCuttingProxy, startRequestCuttingProxy } from '../../helpers/cutting-proxy.ts'
import { until } from '../../helpers/until.ts'

const LARGE = 64 * 1024 * 1024
const MIDDLE = LARGE / 2
const call = { signal: new AbortController().signal }
const uploadOf = z.object({ id: z.string(), offset: z.number() })

let server: BackupServer
let id: string
let whole: Buffer
let directory: string

beforeAll(async () => {
  server = await startBackupServer()
  ;({ id } = await server.seed(randomBytes(100_000)))
  whole = Buffer.from(await (await ask('GET', `/v1/backups/${id}/bundle`)).arrayBuffer())
  directory = mkdtempSync(join(tmpdir(), 'aloft-downloads-'))
})
afterAll(async () => {
  await server?.close()
  rmSync(directory, { force: true, recursive: true })
})

describe('the bundle of a backup over HTTP', () => {
  it('is the same bytes each time, named by its digest', async () => {
    const again = await ask('GET', `/v1/backups/${id}/bundle`)

    expect(again.headers.get('etag')).toMatch(/^"[0-9a-f]{64}"$/)
    expect(Buffer.from(await again.arrayBuffer()).equals(whole)).toBe(true)
  })

  it.each([
    ['bytes=0-511', 0, 512],
    ['bytes=50000-', 50_000, Infinity],
    ['bytes=-1024', -1024, Infinity],
  ])('%s is that part of it', async (range, start, end) => {
    const response = await ask('GET', `/v1/backups/${id}/bundle`, { headers: { range } })

    expect(response.status).toBe(206)
    expect(Buffer.from(await response.arrayBuffer()).equals(whole.subarray(start, end))).toBe(true)
  })

  it('has nothing behind its end, and all of it for who had another one', async () => {
    const behind = await ask('GET', `/v1/backups/${id}/bundle`, { headers: { range: `bytes=${whole.length}-` } })
    const other = await ask('GET', `/v1/backups/${id}/bundle`, {
      headers: { 'if-range': '"other"', range: 'bytes=10-' },
    })

    expect([behind.status, behind.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`])
    expect(other.status).toBe(200)
    expect((await other.arrayBuffer()).byteLength).toBe(whole.length)
  })

  it('can be asked for its size alone', async () => {
    const { headers, status } = await ask('HEAD', `/v1/backups/${id}/bundle`)

    expect([status, headers.get('content-length'), headers.get('accept-ranges')]).toEqual([
      200,
      `${whole.length}`,
      'bytes',
    ])
  })

  it('is not given to a token that may only read, nor to one of another project, for which it is not there', async () => {
    const statuses = await Promise.all(
      ['reader', 'of-toys'].map(async token => (await ask('GET', `/v1/backups/${id}/bundle`, { token })).status),
    )

    expect(statuses).toEqual([403, 404])
    expect(await (await ask('GET', '/v1/backups', { token: 'of-toys' })).json()).toEqual({ items: [] })
    expect((await ask('GET', `/v1/backups/${id}`, { token: 'of-toys' })).status).toBe(404)
    await ask('DELETE', `/v1/backups/${id}?confirm=${id}`, { token: 'of-toys' })
    expect((await ask('HEAD', `/v1/backups/${id}/bundle`)).status).toBe(200)
  })

  it('arrives whole though the connection is cut in the middle, again and again', async () => {
    const { id: large } = await server.seed(randomBytes(LARGE))
    const proxy = await startCuttingProxy(new URL(server.url), 3, cut => (cut === 0 ? MIDDLE : 5_000_000))
    const { backups, provider } = await backupsAt(proxy.url)
    const file = join(directory, 'large.tar')

    const bytes = await downloadFile(
      { backups, call, id: large, onProgress: () => undefined, tell: () => undefined },
      file,
    )

    expect(proxy.cuts()).toBe(3)
    const expected = await server.parts.backups.backups.bundle(large)
    expect(bytes).toBe(expected.bytes)
    expect(readFileSync(file).equals(await buffer(expected.read({ end: bytes - 1, start: 0 })))).toBe(true)
    await provider.close()
    await proxy.close()
  })
})

describe('an upload', () => {
  it('becomes a backup with the same bundle, though its connection is cut in the middle', async () => {
    const { id: large } = await server.seed(randomBytes(LARGE))
    const bundle = await server.parts.backups.backups.bundle(large)
    const proxy = await startRequestCuttingProxy(new URL(server.url), 3, cut => (cut === 1 ? MIDDLE : 300_000))
    const { backups, provider } = await backupsAt(proxy.url)
    const content = await buffer(bundle.read({ end: bundle.bytes - 1, start: 0 }))
    const request = {
      bytes: bundle.bytes,
      environment: { environment: 'main', project: 'shop' },
      label: 'from a file',
      open: (start: number) => piecesOf(content.subarray(start)),
    }

    const { output, result } = await finished(await backups.upload(request, call))

    expect(proxy.cuts()).toBeGreaterThan(0)
    expect(result).toBe('success')
    const taken = await backups.get(String(output?.['backup']), call)
    expect(taken).toMatchObject({ label: 'from a file', reason: 'upload', state: 'complete' })
    expect(taken.expiresAt).toBeUndefined()
    expect((await server.parts.backups.backups.bundle(taken.id)).digest).toBe(bundle.digest)
    await provider.close()
    await proxy.close()
  })

  it('goes on with what an earlier call has sent of the same file, and with nothing of another one', async () => {
    const { id: seeded } = await server.seed(randomBytes(3_000_000))
    const bundle = await server.parts.backups.backups.bundle(seeded)
    const content = await buffer(bundle.read({ end: bundle.bytes - 1, start: 0 }))
    const [earlier, other] = [await begin(content.length), await begin(content.length)]
    await patch(earlier.id, 0, content.subarray(0, 1_000_000))
    await patch(other.id, 0, randomBytes(2_000_000))
    const { backups, provider } = await backupsAt(server.url)
    const environment = { environment: 'main', project: 'shop' }
    const open = (start: number): Readable => bundle.read({ end: bundle.bytes - 1, start })
    const resumes: number[] = []
    const opened: number[] = []

    const activity = await backups.upload(
      { bytes: bundle.bytes, environment, open: start => (opened.push(start), open(start)) },
      { ...call, onResume: at => void resumes.push(at) },
    )

    expect([resumes, opened]).toEqual([[1_000_000], [0, 1_000_000]])
    const { output, result } = await finished(activity)
    expect(result).toBe('success')
    expect((await server.parts.backups.backups.bundle(String(output?.['backup']))).digest).toBe(bundle.digest)
    expect((await ask('HEAD', `/v1/uploads/${earlier.id}`)).status).toBe(404)
    expect((await ask('HEAD', `/v1/uploads/${other.id}`)).headers.get('upload-offset')).toBe('2000000')
    const query = `?bytes=${content.length}&environment=main&project=shop`
    expect(await (await ask('GET', `/v1/uploads${query}`)).json()).toMatchObject({ items: [{ id: other.id }] })
    expect((await ask('GET', `/v1/uploads${query}`, { token: 'of-toys' })).status).toBe(403)
    expect((await ask('GET', '/v1/uploads')).status).toBe(400)
    await provider.close()
  })

  it('is kept for the next call when it is interrupted', async () => {
    const interrupt = new AbortController()
    const { backups, provider } = await backupsAt(server.url)
    const environment = { environment: 'main', project: 'shop' }
    const open = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('0123')
      await until('the bytes have arrived', () => uploadOfBytes(9)?.offset === 4)
      interrupt.abort(new Error('interrupted'))
    }

    await expect(backups.upload({ bytes: 9, environment, open }, { signal: interrupt.signal })).rejects.toThrow(
      'interrupted',
    )

    expect(uploadOfBytes(9)?.offset).toBe(4)
    await provider.close()
  })

  it('leaves nothing on the platform when the file cannot be read to its end', async () => {
    const { backups, provider } = await backupsAt(server.url)
    const environment = { environment: 'main', project: 'shop' }

    await expect(backups.upload({ bytes: 10, environment, open: breaking }, call)).rejects.toThrow(
      'the file cannot be read to its end',
    )

    expect(uploadOfBytes(10)).toBeUndefined()
    await provider.close()
  })

  it('is begun only for names that an environment can have', async () => {
    const body = JSON.stringify({ bytes: 10, environment: '../main', project: 'shop' })

    expect((await ask('POST', '/v1/uploads', { body })).status).toBe(400)
  })

  it('says where it is to who sends for another place', async () => {
    const { id: upload } = await begin(10)
    expect((await patch(upload, 0, '0123')).status).toBe(204)

    const wrong = await patch(upload, 2, '23')

    expect([wrong.status, wrong.headers.get('upload-offset')]).toEqual([409, '4'])
    expect(await wrong.json()).toMatchObject({ error: { code: 'conflict.offset', details: { offset: 4 } } })
    const { headers } = await ask('HEAD', `/v1/uploads/${upload}`)
    expect([headers.get('upload-offset'), headers.get('upload-length')]).toEqual(['4', '10'])
    expect((await ask('POST', `/v1/uploads/${upload}/finish`)).status).toBe(409)
    await ask('DELETE', `/v1/uploads/${upload}`)
    expect((await ask('HEAD', `/v1/uploads/${upload}`)).status).toBe(404)
  })

  it('is not there for a token of another project, which can begin none for this one either', async () => {
    const { id: upload } = await begin(10)
    const body = JSON.stringify({ bytes: 1, environment: 'main', project: 'shop' })

    expect((await ask('HEAD', `/v1/uploads/${upload}`, { token: 'of-toys' })).status).toBe(404)
    expect((await ask('POST', `/v1/uploads/${upload}/finish`, { token: 'of-toys' })).status).toBe(404)
    expect((await ask('POST', '/v1/uploads', { body, token: 'of-toys' })).status).toBe(403)
    expect((await ask('POST', '/v1/uploads', { body, token: 'reader' })).status).toBe(403)
  })

  it.each([
    [
      'damaged',
      (bytes: Buffer) => Buffer.from(bytes.with(bytes.length - 60_000, 1 ^ bytes.readUInt8(bytes.length - 60_000))),
    ],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -20_000)],
    ['something else', () => randomBytes(5000)],
  ])('of a file that is %s is refused before anything is a backup of it', async (_what, change) => {
    const bytes = change(whole)
    const { id: upload } = await begin(bytes.length)
    await patch(upload, 0, bytes)
    const before = server.parts.deps.store.backups.list({ state: 'complete' }).length

    const response = await ask('POST', `/v1/uploads/${upload}/finish`)
    const { error, result } = await finished(z.parse(z.object({ id: z.string() }), await response.json()))

    expect([result, error?.code]).toEqual(['failure', 'failed.verify'])
    expect(server.parts.deps.store.backups.list({ state: 'complete' })).toHaveLength(before)
    expect((await ask('HEAD', `/v1/uploads/${upload}`)).status).toBe(404)
  })
})

interface Asked {
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
}

function ask(method: string, path: string, { body, headers, token = 'of-shop' }: Asked = {}): Promise<Response> {
  const all = { authorization: `Bearer ${token}`, ...headers }
  return fetch(`${server.url}${path}`, { headers: all, method, ...(body === undefined ? {} : { body }) })
}

function uploadOfBytes(bytes: number): Upload | undefined {
  const { uploads } = server.parts.upkeep
  return readdirSync(server.parts.deps.layout.uploads)
    .map(upload => uploads.get(upload))
    .find(upload => upload?.bytes === bytes)
}

async function begin(bytes: number): Promise<z.infer<typeof uploadOf>> {
  const body = JSON.stringify({ bytes, environment: 'main', project: 'shop' })
  return z.parse(uploadOf, await (await ask('POST', '/v1/uploads', { body })).json())
}

function patch(upload: string, offset: number, body: string | Buffer): Promise<Response> {
  const headers = { 'upload-offset': String(offset) }
  return ask('PATCH', `/v1/uploads/${upload}`, {
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers,
  })
}

async function backupsAt(url: string): Promise<{ readonly backups: Backups; readonly provider: Provider }> {
  const environment = { ALOFT_ADDRESS: url, ALOFT_HOME: directory, ALOFT_TOKEN: 'of-shop' }
  const provider = await openProvider({ environment })
  if (!provider.backups) throw new Error('the platform offers no backups')
  return { backups: provider.backups, provider }
}

function finished({ id: activity }: Pick<Activity, 'id'>): Promise<Activity> {
  return until('the activity is finished', () => {
    const now = server.parts.activities.get(activity)
    return now.state === 'finished' ? now : undefined
  })
}

/** Each is there before the connection can take it. */
async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('0123')
  throw new Error('the disk is broken')
}
