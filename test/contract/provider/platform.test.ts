import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { DeployInput } from '../../../src/lib/providers/port.ts'
import { openLocalPlatform, openProvider } from '../../../src/lib/providers/registry.ts'
import { APP_WITH_UPLOADS } from '../../helpers/small-app.ts'
import { until } from '../../helpers/until.ts'
import { providerContract } from './provider-contract.ts'

providerContract('the embedded platform', async () => {
  const root = mkdtempSync(join(tmpdir(), 'aloft-contract-'))
  chmodSync(root, 0o711)
  const environment = { ...process.env, ALOFT_HOME: join(root, 'home') }
  const directory = join(root, 'site')
  mkdirSync(directory)
  for (const [name, text] of Object.entries(APP_WITH_UPLOADS)) writeFileSync(join(directory, name), text)
  const { signal } = new AbortController()
  const provider = await openProvider({ environment })
  const target = { environment: 'main', project: 'contract' }
  const source: DeployInput = { directory, kind: 'source' }
  const first = await provider.deploys?.start({ environment: target, input: source }, { signal })
  const build = await until('the first deploy is finished', async () => {
    const activity = await provider.activities?.get(first?.id ?? '', { signal })
    if (activity?.state !== 'finished') return undefined
    return Object.values(z.parse(z.record(z.string(), z.string()), activity.output?.['builds']))[0]
  })
  return {
    async close() {
      await provider.close()
      await (await openLocalPlatform({ environment })).stop({ all: true }, { signal })
      rmSync(root, { force: true, maxRetries: 5, recursive: true })
    },
    environment: target,
    inputs: [source, { build, kind: 'build' }],
    provider,
  }
})
