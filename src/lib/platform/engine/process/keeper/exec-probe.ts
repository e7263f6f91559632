import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Program } from '../isolation/launcher.ts'
import { killTree } from '../process-tree.ts'

/** True when the program exits with 0 within `timeoutMs`; it is ended then. */
export async function execProbe({ args, cwd, env, file }: Program, timeoutMs: number): Promise<boolean> {
  const child = spawn(file, args, { cwd, detached: true, env, stdio: 'ignore' })
  const timer = setTimeout(() => void killTree({ root: child.pid }), timeoutMs)
  try {
    const [code]: unknown[] = await once(child, 'exit')
    return code === 0
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
