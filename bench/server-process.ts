import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { cleanEnvironment } from './measure.ts'

/** A program of this folder that serves on a Unix socket and answers questions over Node's IPC channel. */
export class ServerProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Resolves once it serves. @throws when it ends before that */
  static async start(program: string, args: readonly string[]): Promise<ServerProcess> {
    const child = fork(programPath(program), args, {
      env: cleanEnvironment(),
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const server = new ServerProcess(child)
    await server.#answer()
    return server
  }

  /** Asks by a word; resolves with the number it answers. */
  async ask(question: string): Promise<number> {
    this.#child.send(question)
    return this.#answer()
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill()
    await exited
  }

  async #answer(): Promise<number> {
    const gone = new AbortController()
    const onExit = (): void => gone.abort(new Error(`${this.#child.spawnfile} ended`))
    this.#child.once('exit', onExit)
    try {
      const [answer] = await once(this.#child, 'message', { signal: gone.signal })
      return Number(answer)
    } finally {
      this.#child.off('exit', onExit)
    }
  }
}

/** A program of `bench/programs`, as `npm run bench` has built it. */
export function programPath(name: string): string {
  return fileURLToPath(new URL(`../.bench/programs/${name}`, import.meta.url))
}
