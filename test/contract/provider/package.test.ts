import { openProvider } from '../../../src/lib/providers/registry.ts'
import { startTinyCloud, TINY_PACKAGE, TINY_TOKEN } from '../../helpers/fakes/tiny-cloud.ts'
import { providerContract } from './provider-contract.ts'

providerContract('a provider from a package', async () => {
  const cloud = await startTinyCloud()
  const environment = {
    ...process.env,
    ALOFT_ADDRESS: cloud.url,
    ALOFT_PROVIDER_PACKAGES: TINY_PACKAGE,
    ALOFT_TOKEN: TINY_TOKEN,
  }
  return {
    close: () => cloud.close(),
    environment: { environment: 'main', project: 'notes' },
    inputs: [],
    provider: await openProvider({ environment, provider: 'tiny' }),
  }
})
