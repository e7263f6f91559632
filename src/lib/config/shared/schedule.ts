import { createHash } from 'node:crypto'
import { CronPattern } from 'croner'

/** Lowest and highest value of minute, hour, day of month, month and day of week. */
const RANGES = [
  [0, 59],
  [0, 23],
  [1, 28],
  [1, 12],
  [0, 6],
] as const

/**
 * Five cron fields with each `H` (`H`, `H/15`, `H(0-29)`) replaced by a number that is always the same for `seed`, so that
 * not everything runs at once. Undefined when it is no schedule of five fields.
 */
export function readSchedule(spec: string, seed: string): string | undefined {
  const fields = spec.trim().split(/\s+/)
  if (fields.length !== 5) return undefined
  const schedule = fields.map((field, index) => replaceHash(field, index, `${seed}:${index}`)).join(' ')
  try {
    return new CronPattern(schedule, undefined, { mode: '5-part' }).pattern === '' ? undefined : schedule
  } catch {
    return undefined
  }
}

export const NO_SCHEDULE = 'is no schedule; expected five fields: minute, hour, day, month, day of week'

export function isSchedule(spec: string): boolean {
  return readSchedule(spec, '') !== undefined
}

function replaceHash(field: string, index: number, seed: string): string {
  const [lowest, highest] = RANGES[index] ?? RANGES[0]
  return field.replaceAll(/\bH(?:\(\d+-\d+\))?(?:\/\d+)?/g, hash => {
    const [, from, to, step] = /^H(?:\((\d+)-(\d+)\))?(?:\/(\d+))?$/.exec(hash) ?? []
    const low = Number(from ?? lowest)
    const high = Number(to ?? highest)
    const size = Math.min(Number(step ?? Infinity), high - low + 1)
    const start = low + (size > 0 ? stableNumber(seed) % size : 0)
    return step === undefined ? String(start) : `${start}-${high}/${step}`
  })
}

function stableNumber(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE(0)
}
