import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command } from './steps.mjs'

/** Runs `npm run demo` and ends it, beside a demo that may be running. */
export async function runDemo() {
  const directory = await mkdtemp(join(tmpdir(), 'aloft-demo-'))
  // instances may run as other users: they have to be able to pass through
  await chmod(directory, 0o711)
  const demo = ['npm', 'run', '--silent', 'demo', '--', '--home', join(directory, 'home')]
  try {
    const isShown = await command(demo)
    const isStopped = await command([...demo, '--stop'])
    return isShown && isStopped
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
