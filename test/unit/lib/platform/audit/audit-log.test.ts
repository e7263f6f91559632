import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../../src/lib/core/clock.ts'
import { AuditLog, type AuditedCall } from '../../../../../src/lib/platform/audit/audit-log.ts'
import { openPlatformSecrets } from '../../../../../src/lib/platform/secrets.ts'
import type { Store } from '../../../../../src/lib/platform/store/port.ts'
import { openSqliteStore } from '../../../../../src/lib/platform/store/sqlite/open.ts'

let root: string
let store: Store
let log: AuditLog
let errors: unknown[]

const call = (number: number, token?: string): AuditedCall => ({
  call: `POST /v1/projects/p${number}`,
  entrance: 'tcp',
  request: `req_${number}`,
  status: 201,
  user: 'ada',
  ...(token === undefined ? {} : { token }),
})

beforeEach(() => {
  errors = []
  root = mkdtempSync(join(tmpdir(), 'aloft-audit-'))
  open()
})
afterEach(() => {
  close()
  rmSync(root, { force: true, recursive: true })
})

function open(segmentBytes?: number): void {
  const secretKey = join(root, 'secret.key')
  store = openSqliteStore({ database: join(root, 'platform.db'), secretKey })
  log = new AuditLog({
    clock: systemClock,
    directory: join(root, 'audit'),
    onError: error => errors.push(error),
    secrets: openPlatformSecrets(secretKey),
    settings: store.settings,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  })
}

function close(): void {
  log.close()
  store.close()
}

function files(): string[] {
  return readdirSync(join(root, 'audit'))
    .toSorted()
    .map(name => join(root, 'audit', name))
}

function edit(change: (lines: string[]) => string[], file = files()[0] ?? ''): void {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  writeFileSync(
    file,
    change(lines)
      .map(line => `${line}\n`)
      .join(''),
  )
}

describe('the record of calls', () => {
  it('is whole after it was closed and opened again', async () => {
    log.append(call(1))
    log.append(call(2))
    close()
    open()
    log.append(call(3))

    expect(errors).toEqual([])
    expect(await log.verify()).toEqual({ entries: 3, first: 1, last: 3 })
    expect(log.list({ limit: 2 })).toMatchObject([
      { request: 'req_3', sequence: 3 },
      { request: 'req_2', sequence: 2 },
    ])
  })

  it('is whole when it was not closed, and goes on after half a line', async () => {
    log.append(call(1))
    log.append({ ...call(2), call: 'GET /v1/projects' })
    store.close()
    appendFileSync(files()[0] ?? '', '{"sequence":3,"at":"2026-')
    open()
    log.append(call(3))

    expect(await log.verify()).toEqual({ entries: 3, first: 1, last: 3 })
  })

  it('is whole before there was any call', async () => {
    expect(await log.verify()).toEqual({ entries: 0 })
  })

  it('lists by token and by time', () => {
    log.append(call(1, 'ci'))
    log.append(call(2))

    expect(log.list({ limit: 10, token: 'ci' })).toMatchObject([{ sequence: 1 }])
    expect(log.list({ limit: 10, since: new Date(Date.now() + 60_000).toISOString() })).toEqual([])
  })

  it('goes on in the next file, keeps the newest ones, and stays whole', async () => {
    close()
    open(1)
    for (let number = 1; number <= 30; number++) log.append(call(number))

    expect(files()).toHaveLength(20)
    expect(await log.verify()).toEqual({ entries: 20, first: 11, last: 30 })
  })

  it('tries the next file again when it could not be opened, and says how many calls were lost', async () => {
    close()
    open(1)
    log.append(call(1))
    const next = join(root, 'audit', '000000000002.jsonl')
    mkdirSync(next)
    log.append(call(2))
    log.append(call(3))
    expect(errors).toHaveLength(2)
    rmdirSync(next)
    log.append(call(4))

    expect(log.list({ limit: 1 })).toMatchObject([{ lost: 2, request: 'req_4', sequence: 2 }])
    expect(await log.verify()).toEqual({ entries: 2, first: 1, last: 2 })
  })

  it('writes into no other file that has its descriptor once it is closed', () => {
    close()
    const other = join(root, 'other')
    const taken = Array.from({ length: 20 }, () => openSync(other, 'a'))
    log.append(call(1))
    for (const descriptor of taken) closeSync(descriptor)
    open()

    expect(readFileSync(other, 'utf8')).toBe('')
    expect(errors).toHaveLength(1)
  })

  it('counts no call as lost that it wrote down while the database took nothing', () => {
    store.close()
    log.append(call(1))
    log.append({ ...call(2), call: 'GET /v1/projects' })
    const [second] = log.list({ limit: 1 })
    open()

    expect(errors).toHaveLength(1)
    expect(second).not.toHaveProperty('lost')
  })

  it('keeps no token that stands in a path, and cuts what is endless', () => {
    log.append({ ...call(1), call: `DELETE /v1/tokens/alft_${'s'.repeat(32)}` })
    log.append({ ...call(2), call: `GET /${'x'.repeat(9000)}`, request: 'r'.repeat(9000) })

    const text = readFileSync(files()[0] ?? '', 'utf8')
    expect(text).toContain('"DELETE /v1/tokens/[token]"')
    expect(text).not.toContain('ssss')
    expect(text.length).toBeLessThan(2000)
  })

  it('keeps one line for a call, whatever stands in its path', async () => {
    log.append({ ...call(1), call: 'GET /v1/a\n{"sequence":2}\u2028\r' })
    log.append(call(2))

    expect(readFileSync(files()[0] ?? '', 'utf8').split('\n')).toHaveLength(3)
    expect(await log.verify()).toEqual({ entries: 2, first: 1, last: 2 })
  })

  it.each<[string, (lines: string[]) => string[], string]>([
    [
      'a changed entry',
      lines => lines.map(line => line.replace('p2', 'p9')),
      'entry 2 or the one before it was changed',
    ],
    ['a removed entry', lines => lines.toSpliced(1, 1), 'entry 2 should stand here, not 3'],
    ['an added entry', lines => [...lines.slice(0, 1), ...lines], 'entry 2 should stand here, not 1'],
    ['exchanged entries', ([a = '', b = '', ...rest]) => [b, a, ...rest], 'entry 1 should stand here, not 2'],
    ['a line that is none', lines => ['hello', ...lines], 'the line is no entry'],
    ['a cut end', lines => lines.slice(0, 2), 'the entries 3 to 3 are missing'],
  ])('tells of %s', async (_what, change, reason) => {
    for (const number of [1, 2, 3]) log.append(call(number))
    close()
    edit(change)
    open()

    expect((await log.verify()).problem).toMatchObject({ file: '000000000001.jsonl', reason })
  })

  it('tells of a file that is gone', async () => {
    for (const number of [1, 2, 3]) log.append(call(number))
    close()
    rmSync(files()[0] ?? '')
    open()
    log.append(call(4))

    expect((await log.verify()).problem?.reason).toBe('entry 1 should stand here, not 4')
  })

  it('tells of an entry that was chained again without the key', async () => {
    log.append(call(1))
    edit(([line = '']) => [line.replace(/"hash":"[0-9a-f]{64}"/, `"hash":"${'0'.repeat(64)}"`)])

    expect((await log.verify()).problem?.reason).toBe('entry 1 or the one before it was changed')
  })
})
