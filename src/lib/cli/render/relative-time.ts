import type { Layout } from './layout.ts'

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** `3m ago` for people, the exact time for programs. */
export function renderTime(iso: string | undefined, { isTerminal, now }: Layout): string {
  if (iso === undefined) return ''
  if (!isTerminal) return iso
  const elapsed = now - Date.parse(iso)
  if (Number.isNaN(elapsed)) return iso
  const text = renderSpan(Math.abs(elapsed))
  if (text === '0s') return 'now'
  return elapsed < 0 ? `in ${text}` : `${text} ago`
}

/** The largest unit of a span of milliseconds: `3m`, `2h`, `5d`. */
function renderSpan(ms: number): string {
  for (const [unit, size] of UNITS) if (ms >= size) return `${Math.floor(ms / size)}${unit}`
  return '0s'
}

/** From `startedAt` to `finishedAt`, or until now: `12.3s`, `4m 5s`. */
export function renderDuration(startedAt: string | undefined, finishedAt: string | undefined, now: number): string {
  if (startedAt === undefined) return ''
  const ms = (finishedAt === undefined ? now : Date.parse(finishedAt)) - Date.parse(startedAt)
  if (ms < 60_000) return `${(Math.max(0, ms) / 1000).toFixed(1)}s`
  return `${Math.floor(ms / 60_000)}m ${Math.floor((ms % 60_000) / 1000)}s`
}
