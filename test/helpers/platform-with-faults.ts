import { appendFileSync } from 'node:fs'
import { pino } from 'pino'
import { resolveHome } from '../../src/lib/protocol/home.ts'
import { findProcesses } from './processes.ts'
import { startPlatform } from '../../src/lib/platform/platform.ts'

/*
 * The platform as a program that kills itself (-9), or its edge or its keepers (FAULT_VICTIM), at the n-th recorded moment of
 * a step (FAULT_AT; 0: never) or at a moment by its name (FAULT_STEP), and writes each moment it passes to a file (FAULT_LOG).
 */

const { ALOFT_HOME = '', FAULT_AT = '0', FAULT_LOG = '', FAULT_STEP, FAULT_VICTIM = 'platform' } = process.env
let moments = 0

const platform = await startPlatform({
  home: resolveHome(process.env),
  log: pino(pino.destination({ fd: 1, sync: true })),
  onStep: (_activity, step, moment) => {
    moments++
    appendFileSync(FAULT_LOG, `${step} ${moment}\n`)
    if (moments === Number(FAULT_AT) || `${step} ${moment}` === FAULT_STEP)
      for (const pid of victims()) process.kill(pid, 'SIGKILL')
  },
  version: '0.1.0',
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void platform.stop())
await platform.stopped

function victims(): number[] {
  if (FAULT_VICTIM === 'edge') return findProcesses('edge/node/main', ALOFT_HOME)
  if (FAULT_VICTIM === 'keeper') return findProcesses('keeper/main', ALOFT_HOME)
  return [process.pid]
}
