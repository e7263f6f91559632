/*
 * What an application prints must not steer the terminal it is shown on (escape sequences can rewrite the screen, set
 * the clipboard, answer on stdin). Colours (SGR, ECMA-48 8.3.117) and tabs stay; other control characters are shown.
 */

// oxlint-disable-next-line no-control-regex -- control characters are the subject
const UNSAFE = /\u001B\[[0-9;:]*m|[\u0000-\u0008\u000A-\u001F\u007F]/g
// oxlint-disable-next-line no-control-regex -- control characters are the subject
const UNSAFE_WIDE = /[\u0080-\u009F]/g
const RESET = '\u001B[0m'

/** Shows control characters as `^[` and the like; resets the colour after a coloured text. */
export function safeText(text: string): string {
  let isColoured = false
  const safe = text.replace(UNSAFE, match => {
    if (match.length === 1) return `^${String.fromCodePoint(match.charCodeAt(0) ^ 0x40)}`
    isColoured = true
    return match
  })
  return safe.replace(UNSAFE_WIDE, '?') + (isColoured ? RESET : '')
}
