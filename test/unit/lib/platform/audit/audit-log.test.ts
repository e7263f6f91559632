import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

const call = (number: number, token?: string): AuditedCall => ({
  call: `POST /v1/projects/p${number}`,
  entrance: 'tcp',
  request: `req_${number}`,
  status: 201,
  user: 'ada',
  ...(token === undefined ? {} : { token }),
})

beforeEach(() => {
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
    onError: error => {
      throw error
    },
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
