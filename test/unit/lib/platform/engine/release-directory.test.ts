import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pruneReleaseDirectories } from '../../../../../src/lib/platform/engine/process/isolation/release-directory.ts'

it('removes what nothing uses, also when it is asked to several times at once', async () => {
  const releases = mkdtempSync(join(tmpdir(), 'aloft-releases-'))
  for (const name of ['used', ...Array.from({ length: 20 }, (_, index) => `old-${index}`)])
    mkdirSync(join(releases, name))

  await Promise.all(Array.from({ length: 5 }, () => pruneReleaseDirectories(releases, path => path.endsWith('/used'))))

  expect(readdirSync(releases)).toEqual(['used'])
  rmSync(releases, { recursive: true })
})
