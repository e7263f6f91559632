const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

export type IdPrefix = 'act' | 'dep' | 'env' | 'prj' | 'rev' | 'acc' | 'ses' | 'tok' | 'job' | 'req'

/**
 * A new identifier `<prefix>_<9 characters of time><9 random characters>`: sorts by creation time (milliseconds), needs
 * no escaping in a shell, a path or a URL. Crockford's base 32.
 */
export function createId(prefix: IdPrefix, now: number = Date.now()): string {
  let time = ''
  for (let rest = now, i = 0; i < 9; i++, rest = Math.floor(rest / 32)) time = ALPHABET.charAt(rest % 32) + time
  let random = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(9))) random += ALPHABET.charAt(byte % 32)
  return `${prefix}_${time}${random}`
}
