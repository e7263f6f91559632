import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { READY } from '../../../../../../src/lib/platform/services/mariadb/scripts.ts'

test('is ready once its socket is there, where no client is installed that could ask', async () => {
  const kit = mkdtempSync(join(tmpdir(), 'aloft-kit-'))
  const server = createServer()
  try {
    mkdirSync(join(kit, 'data', 'run'), { recursive: true })
    writeFileSync(join(kit, 'ready'), READY, { mode: 0o755 })
    const ask = () => spawnSync(join(kit, 'ready'), { cwd: kit, env: { PATH: kit } }).status
    expect(ask()).toBe(1)

    await once(server.listen(join(kit, 'data/run/server.sock')), 'listening')
    expect(ask()).toBe(0)
  } finally {
    server.close()
    rmSync(kit, { recursive: true })
  }
})
