import { beforeEach } from 'vitest'
import { createKeychainStore } from '../../../src/lib/credentials/keychain/keychain-store.ts'
import { startSecretService, whyNoSecretService } from '../../helpers/secret-service.ts'
import { describeCredentialStore } from './credential-store-contract.ts'

const obstacle = whyNoSecretService()

beforeEach(context => context.skip(obstacle !== undefined, obstacle))

describeCredentialStore('keychain', async () => {
  if (obstacle !== undefined) return { close: async () => undefined, open: () => createKeychainStore({}) }
  const service = await startSecretService()
  return { close: () => service.stop(), open: () => createKeychainStore(service.environment) }
})
