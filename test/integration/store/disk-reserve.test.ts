import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSqliteStore } from '../../../src/lib/platform/store/sqlite/open.ts'
import { fillDisk } from '../../helpers/fill-disk.ts'

const SIZE_MB = 48

test('what a full disk does not take is written in the space that was kept for it, which is kept again', async ({
  skip,
}) => {
  if (process.getuid?.() !== 0) return skip('needs root, to mount a small disk')
  const directory = mkdtempSync(join(tmpdir(), 'aloft-reserve-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', directory])
  const database = join(directory, 'platform.db')
  const open = () => openSqliteStore({ database, secretKey: join(directory, 'secret.key') })
  let store = open()
  onTestFinished(() => {
    store.close()
    execFileSync('umount', ['-l', directory])
    rmSync(directory, { recursive: true })
  })
  const reserve = `${database}.reserve`
  expect(existsSync(reserve)).toBe(true)

  fillDisk(join(directory, 'filler'))
  const large = 'x'.repeat(500_000)
  for (let i = 0; i < 8; i++) store.settings.set(`key-${i}`, large)
  expect(store.settings.get('key-7')).toBe(large)
  expect(existsSync(reserve)).toBe(false)

  fillDisk(join(directory, 'filler'))
  expect(() => {
    for (let i = 8; i < 40; i++) store.settings.set(`key-${i}`, large)
  }).toThrow('the disk is full')
  expect(store.settings.get('key-0')).toBe(large)

  rmSync(join(directory, 'filler'))
  store.close()
  store = open()
  expect(existsSync(reserve)).toBe(true)
})
