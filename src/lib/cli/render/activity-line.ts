import { safeText } from './safe-text.ts'

interface ActivityLine {
  readonly elapsedMs: number
  readonly phase: string
  readonly message: string
  readonly isTerminal: boolean
}

/** `[  1.2s] build   npm ci`. */
export function renderActivityLine({ elapsedMs, isTerminal, message, phase }: ActivityLine): string {
  const seconds = (Math.max(0, elapsedMs) / 1000).toFixed(1).padStart(5)
  return `[${seconds}s] ${phase.padEnd(7)} ${isTerminal ? safeText(message) : message}\n`
}
