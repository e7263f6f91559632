import { createSecrets, type KeyOwner, loadSecretKey, type Secrets } from '../secrets/seal.ts'

export const PLATFORM_KEY: KeyOwner = {
  code: 'unavailable.platform',
  suggestions: ['put back the secret.key that belongs to this database'],
}

/**
 * Sealing with the key that the platform and its keepers share (`layout.secretKey`), made at first use.
 * @throws unavailable.platform when the file is no key
 */
export function openPlatformSecrets(path: string): Secrets {
  return createSecrets(loadSecretKey(path, PLATFORM_KEY), PLATFORM_KEY)
}
