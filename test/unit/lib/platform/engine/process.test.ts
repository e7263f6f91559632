import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applicationArguments } from '../../../../../src/lib/platform/engine/process/isolation/application-view.ts'
import { splitLoaderVariables } from '../../../../../src/lib/platform/engine/process/isolation/variables.ts'
import { BackOff } from '../../../../../src/lib/platform/engine/process/keeper/back-off.ts'
import { levelOfLine } from '../../../../../src/lib/platform/engine/process/keeper/log.ts'
import { serviceHash } from '../../../../../src/lib/platform/engine/process/keeper/state.ts'
import { LineSplitter } from '../../../../../src/lib/platform/engine/process/line-splitter.ts'
import { launchSpec, serviceState } from '../../../../helpers/process-engine.ts'

test('restarts wait 0, 0.5, 1, 2 … 30 s, then a minute, and begin anew after a minute of running', () => {
  const backOff = new BackOff()
  const pauses = Array.from({ length: 10 }, () => backOff.next(10))
  expect(pauses).toEqual([0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 60_000])
  expect(backOff.hasFailed).toBe(true)
  expect(backOff.next(60_000)).toBe(0)
  expect(backOff.hasFailed).toBe(false)
})

test('size, limits and grace do not make a service another one, the rest does', () => {
  const hash = serviceHash(serviceState())
  const launch = { ...launchSpec(), cpu: 2, memoryMb: 64 }
  expect(serviceHash(serviceState({ count: 5, graceMs: 1, launch }))).toBe(hash)
  expect(serviceHash(serviceState({ restartToken: 'x' }))).not.toBe(hash)
  expect(serviceHash(serviceState({ launch: launchSpec({ variables: { A: '1' } }) }))).not.toBe(hash)
})

test('lines are cut at their ends, across chunks and inside characters', () => {
  const splitter = new LineSplitter()
  const [head, tail] = [Buffer.from('a\r\nü').subarray(0, 4), Buffer.from('ü').subarray(1)]
  expect([...splitter.push(head), ...splitter.push(tail), ...splitter.flush()]).toEqual(['a', 'ü'])
  const long = splitter.push(Buffer.alloc(150_000, 'x'))
  expect([...long, ...splitter.flush()].map(({ length }) => length)).toEqual([65_536, 65_536, 18_928])
})

test.each([
  ['stderr', 'something odd', 'warning'],
  ['stderr', '[info] all well', 'info'],
  ['stderr', 'ERROR no', 'error'],
  ['stdout', 'hello', 'info'],
] as const)('%s %j is of level %3$s', (stream, text, level) => {
  expect(levelOfLine(stream, text)).toBe(level)
})

test('variables that load code are kept from what runs before the application', () => {
  const { loader, safe } = splitLoaderVariables({ LD_PRELOAD: 'x', PATH: '/bin', GCONV_PATH: 'y' })
  expect(Object.keys(loader)).toEqual(['LD_PRELOAD', 'GCONV_PATH'])
  expect(safe).toEqual({ PATH: '/bin' })
})

describe('mounts in a read-only artifact', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aloft-'))
    await mkdir(join(directory, 'var/cache'), { recursive: true })
    await writeFile(join(directory, 'var/keep'), '')
    await symlink('/etc', join(directory, 'trap'))
  })
  afterEach(() => rm(directory, { force: true, recursive: true }))

  test('are bound over directories that are there', () => {
    expect(applicationArguments(directory, '/app', [{ path: 'var/cache', source: '/v' }])).toEqual([
      '--ro-bind',
      directory,
      '/app',
      '--bind',
      '/v',
      '/app/var/cache',
    ])
  })

  test('get a skeleton where the directory is missing', () => {
    const found = applicationArguments(directory, '/app', [{ path: 'var/data', source: '/v' }])
    expect(found.slice(3, 5)).toEqual(['--tmpfs', '/app/var'])
    expect(found).toContain(join(directory, 'var/keep'))
    expect(found.slice(-5)).toEqual(['--bind', '/v', '/app/var/data', '--remount-ro', '/app/var'])
  })

  test('never follow a link of the artifact', () => {
    const found = applicationArguments(directory, '/app', [{ path: 'trap/x', source: '/v' }])
    expect(found.slice(3, 5)).toEqual(['--tmpfs', '/app'])
    expect(found).not.toContain('--symlink')
    expect(found.join(' ')).toContain('--tmpfs /app/trap --bind /v /app/trap/x')
  })
})
