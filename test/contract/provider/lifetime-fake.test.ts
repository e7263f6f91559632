import { LIFETIME_ENVIRONMENT, createLifetimeProvider } from '../../helpers/fakes/lifetime-provider.ts'
import { providerContract } from './provider-contract.ts'

providerContract('a LifeTime-shaped fake', async () => ({
  close: async () => {},
  environment: LIFETIME_ENVIRONMENT,
  inputs: [{ from: 'Development', kind: 'versions', versions: [{ application: 'Orders', version: '1.4' }] }],
  provider: createLifetimeProvider().provider,
}))
