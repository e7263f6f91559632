import { existsSync } from 'node:fs'
import { type Home, platformSocket } from '../../protocol/home.ts'
import type { Address } from '../../transport/address.ts'
import type { Network } from '../../transport/network.ts'
import type { Call } from '../port.ts'
import type { OwnPlatform } from './client.ts'

/** A platform that dies again and again is not started for ever. */
const REVIVALS = 10

export interface LocalPlatformOptions {
  readonly home: Home
  /** Environment of a platform that is started; its applications see none of it. */
  readonly environment: NodeJS.ProcessEnv
  readonly network: Network
}

/** The address of the user's own platform; whether one answers there is another matter. */
export function localAddress({ home, network }: Pick<LocalPlatformOptions, 'home' | 'network'>): Address {
  return { network, socketPath: platformSocket(home), url: 'http://platform' }
}

/** For one command. What starts the platform is loaded when it has to. */
export function createOwnPlatform(options: LocalPlatformOptions): OwnPlatform {
  const hasSocket = (): boolean => existsSync(platformSocket(options.home))
  const start = async (call: Call): Promise<void> => {
    const { createLocalPlatform } = await import('./local.ts')
    await createLocalPlatform(options).start(call)
  }
  let left = REVIVALS
  return {
    hasSocket,
    async revive(call) {
      if (left-- <= 0 || !hasSocket()) return false
      await start(call)
      return true
    },
    start,
  }
}
