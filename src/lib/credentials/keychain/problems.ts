import { AppError } from '../../core/errors.ts'

interface Problem {
  /** How far it came: the native module, the connection, the call itself. */
  readonly stage: 'load' | 'open' | 'use'
  /** The library's own words; they name no secret. */
  readonly problem: string
}

const USE_FILE = 'set ALOFT_CREDENTIAL_STORE=file to keep credentials in an encrypted file instead'

/** In the words of the Secret Service, D-Bus, macOS and Windows, as `@napi-rs/keyring` 2.1 passes them on. */
const KINDS = [
  {
    code: 'auth.keychain-timeout',
    is: /no answer|did not receive a reply/i,
    instead: ['see whether the keychain waits for your answer in a window', 'raise ALOFT_KEYCHAIN_TIMEOUT (seconds)'],
    what: 'does not answer',
  },
  {
    code: 'auth.keychain-denied',
    is: /access ?denied|permission denied|rejected send message|not permitted|authorization/i,
    instead: ['allow aloft in the settings of the keychain'],
    what: 'denies access',
  },
  {
    code: 'auth.keychain-locked',
    is: /locked|dismissed|user interaction is not allowed|user canceled/i,
    instead: ['unlock the keychain (on a desktop: log in to it, or open the password manager), then repeat'],
    what: 'is locked',
  },
] as const

/** What went wrong with the keychain, and the way out. */
export function keychainProblem({ problem, stage }: Problem): AppError {
  const kind = KINDS.find(({ is }) => is.test(problem))
  if (stage !== 'load' && kind) {
    const suggestions = [...kind.instead, USE_FILE]
    return new AppError(kind.code, `the keychain ${kind.what}: ${problem}`, { suggestions })
  }
  if (stage === 'use') {
    return new AppError('auth.keychain-failed', `the keychain refused the call: ${problem}`, {
      suggestions: [USE_FILE],
    })
  }
  return new AppError('auth.keychain-absent', `there is no keychain here: ${problem}`, {
    suggestions: ['run where the keychain is: in the desktop session that logged in', USE_FILE],
  })
}
