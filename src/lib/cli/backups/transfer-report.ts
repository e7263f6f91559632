import type { Clock } from '../../core/clock.ts'
import { renderBytes } from '../render/bytes.ts'

const INTERVAL_MS = 1000

/** Tells how far a transfer is: at most one line a second, and the last one. `verb` as in `received 1.5 MB of 2.0 GB`. */
export function createTransferReport(
  verb: string,
  tell: (line: string) => void,
  clock: Clock,
): (bytes: number, total: number) => void {
  let toldAt = clock.now()
  return (bytes, total) => {
    if (bytes !== total && clock.now() - toldAt < INTERVAL_MS) return
    toldAt = clock.now()
    tell(`${verb} ${renderBytes(bytes)} of ${renderBytes(total)}`)
  }
}
