import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createKits, typeOfKit } from '../../../src/lib/platform/services/kits.ts'
import type { InstalledService, ServiceKit, ServiceType } from '../../../src/lib/platform/services/port.ts'
import { createFixture, type EngineFixture } from '../../helpers/process-engine.ts'

const signal = new AbortController().signal
const installed: InstalledService = { path: [], product: 'Toy 1.2', version: '1.2' }

let fixture: EngineFixture
beforeEach(async () => {
  fixture = await createFixture()
})
afterEach(() => fixture.dispose())

test('callers of one kit share what is made once, read-only and with a place for the volume', async () => {
  const { engine, layout } = fixture
  const kits = createKits({ engine, layout })
  const lines: string[] = []
  const type = toy({
    build: 'echo built; mkdir template; echo $$ > template/pid',
    files: { 'bin/start': '#!/bin/sh\n' },
  })

  const made = await Promise.all(
    [1, 2, 3].map(() => kits.make(type, installed, { onLine: l => lines.push(l), signal })),
  )
  const again = await createKits({ engine, layout }).make(type, installed, { onLine: l => lines.push(l), signal })

  expect(new Set([...made, again]).size).toBe(1)
  expect(lines).toEqual(['built'])
  const app = join(layout.artifacts, again, 'app')
  expect(readdirSync(app).toSorted()).toEqual(['bin', 'data', 'template'])
  expect(statSync(join(app, 'bin/start')).mode & 0o777).toBe(0o555)
  expect(statSync(join(app, 'template/pid')).mode & 0o777).toBe(0o444)
  expect(typeOfKit(again)).toBe('toy')
})

test('another version, file or script is another kit', async () => {
  const kits = createKits(fixture)
  const ids = [
    await kits.make(toy({ files: { a: '1' } }), installed, { signal }),
    await kits.make(toy({ files: { a: '2' } }), installed, { signal }),
    await kits.make(toy({ build: 'true', files: { a: '1' } }), installed, { signal }),
    await kits.make(toy({ files: { a: '1' } }), { ...installed, version: '1.3' }, { signal }),
  ]
  expect(new Set(ids).size).toBe(4)
})

test('a script that fails leaves nothing and says its last lines', async () => {
  const failing = createKits(fixture).make(toy({ build: 'echo no such locale; exit 3', files: {} }), installed, {
    signal,
  })

  await expect(failing).rejects.toMatchObject({
    code: 'failed.build',
    details: { exitCode: 3, lastLines: ['no such locale'] },
  })
  expect(readdirSync(fixture.layout.artifacts)).toEqual([])
})

test('what a killed platform left half is made anew', async () => {
  const { engine, layout } = fixture
  const type = toy({ build: 'test ! -e half; echo whole > whole', files: { a: '1' } })
  const id = await createKits({ engine, layout }).make(type, installed, { signal })
  const directory = join(layout.artifacts, id)
  await chmod(join(directory, 'app'), 0o755)
  writeFileSync(join(directory, 'app', 'half'), '')
  writeFileSync(join(directory, 'job'), 'gone')
  rmSync(join(directory, 'manifest.json'))

  await createKits({ engine, layout }).make(type, installed, { signal })

  expect(existsSync(join(directory, 'app', 'half'))).toBe(false)
  expect(readFileSync(join(directory, 'app', 'whole'), 'utf8')).toBe('whole\n')
  expect(existsSync(join(directory, 'manifest.json'))).toBe(true)
})

function toy(kit: ServiceKit): ServiceType {
  return {
    aliases: [],
    backup: { description: 'nothing', kind: 'none' },
    connections: () => [],
    defaults: { diskMb: 1, memoryMb: 1 },
    kit: () => kit,
    launch: () => ({ command: 'true', graceMs: 0, probes: {}, variables: {} }),
    locate: async () => ({ found: true, ...installed }),
    name: 'toy',
    port: 1,
    title: 'Toy',
  }
}
