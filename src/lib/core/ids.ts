const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

export type IdPrefix = 'act' | 'bkp' | 'dep' | 'env' | 'prj' | 'rev' | 'acc' | 'ses' | 'tok' | 'job' | 'req' | 'upl'

/**
 * A new identifier `<prefix>_<9 characters of time><9 random characters>`: sorts by creation time (milliseconds), needs
 * no escaping in a shell, a path or a URL. Crockford's base 32.
 */
export function createId(prefix: IdPrefix, now: number = Date.now()): string {
  let time = ''
  for (let rest = now, i = 0; i < 9; i++, rest = Math.floor(rest / 32)) time = ALPHABET.charAt(rest % 32) + time
  let random = ''
  for (const byte of prefix === 'req' ? anyBytes() : secretBytes()) random += ALPHABET.charAt(byte % 32)
  return `${prefix}_${time}${random}`
}

const RANDOM_CHARACTERS = 9

/** The id of a request only has to differ from others: what makes secrets takes longer to load than all of a short command. */
function anyBytes(): Uint8Array {
  return Uint8Array.from({ length: RANDOM_CHARACTERS }, () => Math.random() * 256)
}

function secretBytes(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(RANDOM_CHARACTERS))
}
