import { readSourceProgram } from '../../../scripts/build/source-program.ts'
import { BaseCommand } from '../../../src/lib/cli/base-command.ts'
import { main } from '../../../src/lib/cli/main.ts'
import { createRuntime, type Runtime } from '../../../src/lib/cli/runtime.ts'
import { createAllCapableProvider } from '../fakes/all-capable-provider.ts'

/*
 * The real program with its real streams and signals, run from the sources against the capable fake. FAKE chooses how
 * the fake behaves: `endless` (activities and logs go on for ever), `logs:N` (N lines of log), `exit:N` (sessions).
 */

const [kind, amount] = (process.env['FAKE'] ?? '').split(':')

async function* someLines(count: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const at = '2026-01-31T12:00:00.000Z'
  for (let sent = 0; sent < count && !signal.aborted; sent += 100) {
    let batch = ''
    for (let i = sent; i < Math.min(sent + 100, count); i++) {
      const message = `line ${i} ${'x'.repeat(100)}`
      batch += `${JSON.stringify({ type: 'log', cursor: `app.${i}`, at, source: 'app', service: 'web', level: 'info', message })}\n`
    }
    yield Buffer.from(batch)
    await new Promise(resolve => setImmediate(resolve))
  }
  signal.throwIfAborted()
}

const provider = createAllCapableProvider({
  ...(kind === 'exit' ? { exitCode: amount === 'fail' ? ('fail' as const) : Number(amount) } : {}),
  ...(kind === 'logs' || kind === 'endless'
    ? { logBatches: (_request, signal) => someLines(kind === 'logs' ? Number(amount) : Infinity, signal) }
    : {}),
  script: { endless: kind === 'endless', lines: [['build', 'npm ci']] },
})

// nothing else keeps an endless fake alive
const alive = setInterval(() => {}, 1000)
Object.assign(BaseCommand.prototype, {
  createRuntime: (): Runtime => ({ ...createRuntime(), openProvider: async () => provider }),
})
await main(process.argv.slice(2), await readSourceProgram())
clearInterval(alive)
