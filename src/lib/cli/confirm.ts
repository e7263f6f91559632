import { AppError } from '../core/errors.ts'
import type { Runtime } from './runtime.ts'

export interface Confirmation {
  /** What would happen, unless it is `deletes`. */
  readonly deed?: 'deletes' | 'replaces' | undefined
  /** What would be gone, e.g. `project shop with all its environments and data`. */
  readonly what: string
  /** To be typed exactly. */
  readonly name: string
  readonly given?: string | undefined
}

/** Before anything is destroyed. @throws usage.confirmation, usage.input-required */
export async function confirmDestruction(
  { deed = 'deletes', given, name, what }: Confirmation,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<void> {
  const typed = given ?? (await askForName())
  if (typed === name) return
  throw new AppError(
    'usage.confirmation',
    `${JSON.stringify(typed)} is not ${JSON.stringify(name)}: nothing was ${deed === 'deletes' ? 'deleted' : 'changed'}`,
  )

  async function askForName(): Promise<string> {
    if (runtime.terminal.interactive) return runtime.ask.input(`This ${deed} ${what}. Type ${name} to go on:`, signal)
    throw new AppError('usage.input-required', `this ${deed} ${what}: pass --confirm ${name}`, {
      details: { flag: 'confirm', values: [name] },
      suggestions: [`repeat with --confirm ${name}`],
    })
  }
}
