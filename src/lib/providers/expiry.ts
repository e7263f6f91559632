import type { Account } from './accounts-port.ts'

const DAY_MS = 86_400_000

/**
 * A line for the user when the credential of an account has expired or soon will: less than a day or a tenth of its life is
 * left; of one that lives no longer than a day a tenth. `now` in milliseconds since the epoch.
 */
export function expiryWarning({ expiresAt, name, since }: Account, now: number): string | undefined {
  const end = Date.parse(expiresAt ?? '')
  if (Number.isNaN(end)) return undefined
  const left = end - now
  if (left <= 0) return `the credential of ${name} expired at ${expiresAt}: log in again`
  const life = end - Date.parse(since ?? '')
  const margin = life <= DAY_MS ? life / 10 : Math.max(DAY_MS, (Number.isNaN(life) ? 0 : life) / 10)
  return left < margin ? `the credential of ${name} expires at ${expiresAt}: log in again before that` : undefined
}
