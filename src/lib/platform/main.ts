import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { isAppError, toErrorDocument } from '../core/errors.ts'
import { EXIT_RUNNING } from '../protocol/api.ts'
import { resolveHome } from '../protocol/home.ts'
import { networkSettings } from './build/network-settings.ts'
import { startPlatform } from './platform.ts'
import { createProgramLog } from './program-log.ts'

/* The platform as a program: `aloft platform run`, and what is started on demand. Its output is its log. */

const { version } = z.parse(
  z.object({ version: z.string() }),
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')),
)
const log = createProgramLog()

try {
  const { promise: asked, resolve: ask } = Promise.withResolvers<unknown>()
  // from the beginning: a start that is cut short would leave the edge behind
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, ask)
  const platform = await startPlatform({
    buildNetwork: networkSettings(process.env),
    home: resolveHome(process.env),
    log,
    version,
  })
  void asked.then(() => platform.stop())
  await platform.stopped
} catch (error) {
  log.error(
    { error: toErrorDocument(error), stack: error instanceof Error ? error.stack : undefined },
    'the platform ended',
  )
  process.exitCode = isAppError(error) && error.code === 'conflict.platform-running' ? EXIT_RUNNING : 1
}
