import { join, resolve } from 'node:path'
import envPaths from 'env-paths'

export interface UserDirectories {
  /** What may be lost. */
  readonly cache: string
  readonly config: string
  /** Lists of names for completion. */
  readonly names: string
}

/** Where the user's files lie, without what else a home is made of: completion has no time for it. */
export function userDirectories({ ALOFT_HOME: all }: NodeJS.ProcessEnv): UserDirectories {
  const { cache, config } = all
    ? { cache: join(resolve(all), 'cache'), config: join(resolve(all), 'config') }
    : envPaths('aloft', { suffix: '' })
  return { cache, config, names: join(cache, 'completion') }
}
