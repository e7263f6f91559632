import supportsHyperlinks from 'supports-hyperlinks'
import type { Layout } from './layout.ts'
import { safeText } from './safe-text.ts'

const OSC = '\u001B]8;;'
const ST = '\u001B\\'

/** An address that a terminal which knows links (OSC 8) opens on a click; else the address alone. */
export function renderLink(url: string, { animates, isTerminal }: Layout): string {
  if (!isTerminal) return url
  const text = safeText(url)
  return animates && supportsHyperlinks.stdout ? `${OSC}${text}${ST}${text}${OSC}${ST}` : text
}
