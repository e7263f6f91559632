import type inquirerType from 'inquirer'
import { AppError } from '../core/errors.ts'
import { type ColourLevel, tellLibraries } from './colours.ts'

export interface Choice {
  readonly value: string
  readonly label?: string | undefined
}

/** Questions to a person. Callers make sure that there is a terminal. @throws interrupted.signal on Ctrl-C */
export interface Ask {
  select(message: string, choices: readonly Choice[], signal: AbortSignal): Promise<string>
  input(message: string, signal: AbortSignal): Promise<string>
  secret(message: string, signal: AbortSignal): Promise<string>
  confirm(message: string, signal: AbortSignal): Promise<boolean>
}

/** Asks with inquirer, on stderr. */
export function createAsk(colours: ColourLevel): Ask {
  const run: Run = async (signal, question) => {
    tellLibraries(colours)
    return runQuestion(signal, question)
  }
  return {
    confirm: async (message, signal) =>
      (await run(signal, async prompt => prompt([{ default: false, message, name: 'answer', type: 'confirm' }])))
        .answer,
    input: async (message, signal) =>
      (await run(signal, async prompt => prompt([{ message, name: 'answer', type: 'input' }]))).answer,
    secret: async (message, signal) =>
      (await run(signal, async prompt => prompt([{ mask: true, message, name: 'answer', type: 'password' }]))).answer,
    select: async (message, choices, signal) => {
      const options = choices.map(({ label, value }) => ({ name: label ?? value, value }))
      const question = { choices: options, message, name: 'answer', type: 'select' as const }
      return (await run(signal, async prompt => prompt([question]))).answer
    },
  }
}

type Prompt = typeof inquirerType.prompt
type Run = <T>(signal: AbortSignal, question: (prompt: Prompt) => Promise<T>) => Promise<T>

const runQuestion: Run = async (signal, question) => {
  const { default: inquirer } = await import('inquirer')
  try {
    return await question(inquirer.createPromptModule({ output: process.stderr, signal }))
  } catch (error) {
    signal.throwIfAborted()
    // inquirer takes Ctrl-C itself: in raw mode no signal comes
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new AppError('interrupted.signal', 'interrupted', { cause: error, details: { signal: 'SIGINT' } })
    }
    throw error
  }
}
