import { expect, test } from 'vitest'
import { deriveLevel } from '../../../../../src/lib/platform/logs/derive-level.ts'

test.each([
  ['INFO server started', 'info'],
  ['2026-11-21 10:00:00,123 WARN  [main] slow', 'warning'],
  ['[2026-11-21T10:00:00Z] ERROR: no', 'error'],
  ['2026/11/21 10:00:00 [error] 12#12: *1 open() failed', 'error'],
  ['DEBUG:root:hello', 'debug'],
  ['FATAL:  role "x" does not exist', 'fatal'],
  ['panic: runtime error', 'fatal'],
  ['TRACE enter', 'trace'],
  ['SEVERE: Servlet.service() threw', 'error'],
  ['time=10:00 level=warning msg=x', 'warning'],
  ['TypeError: x is not a function', 'error'],
  ['Uncaught ReferenceError: y', 'error'],
  ['npm warn deprecated x', 'warning'],
  ['PHP Warning:  Undefined variable', 'warning'],
  ['{"level":30,"msg":"pino"}', 'info'],
  ['{"level":50,"msg":"pino"}', 'error'],
  ['{"level":10}', 'trace'],
  ['{"level":60}', 'fatal'],
  ['{"message":"winston ERROR text","level":"debug"}', 'debug'],
  ['{"severity":"WARNING","message":"x"}', 'warning'],
  ['{"msg":"ERROR, but no level"}', 'info'],
  ['no error found', 'info'],
  ['we inform you about warnings', 'info'],
  ['', 'info'],
  [`${'x'.repeat(70)} ERROR`, 'info'],
] as const)('the level of %j is %s', (message, level) => {
  expect(deriveLevel(message)).toBe(level)
})
