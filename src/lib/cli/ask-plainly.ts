import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { AppError } from '../core/errors.ts'
import type { Ask, Choice } from './ask.ts'

interface Streams {
  readonly stdin: NodeJS.ReadableStream
  readonly stderr: NodeJS.WritableStream
}

interface Question {
  readonly text: string
  readonly signal: AbortSignal
  /** What is typed does not show. */
  readonly isSecret?: boolean
}

/** Questions as lines of text and answers as lines: for screen readers and for terminals that cannot move the cursor. */
export function createPlainAsk(streams: Streams): Ask {
  const ask = async (question: Question): Promise<string> => askLine(question, streams)
  return {
    confirm: async (message, signal) => /^y(es)?$/i.test((await ask({ signal, text: `${message} (y/N) ` })).trim()),
    input: async (message, signal) => ask({ signal, text: `${message} ` }),
    secret: async (message, signal) => ask({ isSecret: true, signal, text: `${message} ` }),
    select: async (message, choices, signal) => {
      const list = choices.map(({ label, value }, index) => `  ${index + 1}. ${label ?? value}\n`).join('')
      let text = `${message}\n${list}Number: `
      for (;;) {
        const chosen = pick((await ask({ signal, text })).trim(), choices)
        if (chosen !== undefined) return chosen
        text = `Type a number from 1 to ${choices.length}: `
      }
    },
  }
}

/** By number or by name. */
function pick(answer: string, choices: readonly Choice[]): string | undefined {
  const named = choices.find(({ value }) => value === answer)
  return (named ?? (/^\d+$/.test(answer) ? choices[Number(answer) - 1] : undefined))?.value
}

/** @throws interrupted.signal on Ctrl-C, usage.input-required at the end of input */
async function askLine({ isSecret, signal, text }: Question, { stderr, stdin }: Streams): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  // an ordinary line is shown and edited by the terminal itself; a secret one needs its raw mode
  const lines = createInterface({ input: stdin, output: unseen, terminal: isSecret === true })
  // only now: what is typed at once must not show
  stderr.write(text)
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('close', () =>
        reject(new AppError('usage.input-required', 'no answer was given', { suggestions: ['answer with a flag'] })),
      )
      lines.once('SIGINT', () =>
        reject(new AppError('interrupted.signal', 'interrupted', { details: { signal: 'SIGINT' } })),
      )
      lines.question('', { signal }).then(resolve, () => reject(signal.reason))
    })
  } finally {
    lines.close()
    if (isSecret) stderr.write('\n')
  }
}
