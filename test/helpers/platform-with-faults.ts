import { appendFileSync } from 'node:fs'
import { pino } from 'pino'
import { resolveHome } from '../../src/lib/protocol/home.ts'
import { startPlatform } from '../../src/lib/platform/platform.ts'

/*
 * The platform as a program that kills itself (-9) at the n-th recorded moment of a step (FAULT_AT; 0: never), and writes
 * each moment it passes to a file (FAULT_LOG).
 */

const { FAULT_AT = '0', FAULT_LOG = '' } = process.env
let moments = 0

const platform = await startPlatform({
  home: resolveHome(process.env),
  log: pino(pino.destination({ fd: 1, sync: true })),
  onStep: (_activity, step, moment) => {
    moments++
    appendFileSync(FAULT_LOG, `${step} ${moment}\n`)
    if (moments === Number(FAULT_AT)) process.kill(process.pid, 'SIGKILL')
  },
  version: '0.1.0',
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void platform.stop())
await platform.stopped
