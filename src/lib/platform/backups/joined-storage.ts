import { isAppError } from '../../core/errors.ts'
import type { PartStorage } from './storage.ts'

/**
 * Two places as one: parts that are to be deduplicated go to the second, all others to the first, and each is found where it
 * lies.
 */
export function joinStorages(plain: PartStorage, deduplicated: PartStorage): PartStorage {
  const both = [plain, deduplicated] as const
  return {
    delete: async sha256 => void (await Promise.all(both.map(each => each.delete(sha256)))),
    has: async part => (await plain.has(part)) || deduplicated.has(part),
    list: async () => (await Promise.all(both.map(each => each.list()))).flat(),
    open: (sha256, range) =>
      plain.open(sha256, range).catch((error: unknown) => {
        if (!isAppError(error) || error.code !== 'failed.verify') throw error
        return deduplicated.open(sha256, range)
      }),
    put: (source, options) => (options.deduplicate === true ? deduplicated : plain).put(source, options),
    tidy: async signal => void (await Promise.all(both.map(each => each.tidy(signal)))),
  }
}
