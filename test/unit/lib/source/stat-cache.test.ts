import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { replaceFile } from '../../../../src/lib/source/stat-cache.ts'

it('leaves the way through a home that it makes open to others, and the file itself closed', () => {
  const root = mkdtempSync(join(tmpdir(), 'aloft-cache-'))
  const file = join(root, 'home', 'cache', 'stat', 'one')

  replaceFile(file, 'content')

  expect(readFileSync(file, 'utf8')).toBe('content')
  expect(statSync(join(root, 'home')).mode & 0o777).toBe(0o711)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  rmSync(root, { recursive: true })
})
