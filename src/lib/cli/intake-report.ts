import type { Clock } from '../core/clock.ts'
import type { IntakeEvent } from '../providers/port.ts'
import { renderIntake } from './render/deploy.ts'

const INTERVAL_MS = 1000

/** Tells how far the intake is: at most one line a second, and the last one. */
export function createIntakeReport(tell: (line: string) => void, clock: Clock): (event: IntakeEvent) => void {
  let toldAt = 0
  return event => {
    const isLast = event.type === 'scanned' || event.bytes === event.totalBytes
    if (!isLast && clock.now() - toldAt < INTERVAL_MS) return
    toldAt = clock.now()
    tell(renderIntake(event))
  }
}
