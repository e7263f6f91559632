import { describeAddress } from '../../transport/address.ts'
import type { Auth } from '../port.ts'
import type { PlatformClient } from './client.ts'

export function createAuth(client: PlatformClient, account: string): Auth {
  return {
    async identity(call) {
      const { expiresAt, user } = await client.call('identity', {}, call)
      return { account, address: describeAddress(client.address), expiresAt, user }
    },
    async revoke(call) {
      await client.call('revoke', {}, call)
    },
    support: { methods: client.address.token ? ['token'] : ['none'] },
  }
}
