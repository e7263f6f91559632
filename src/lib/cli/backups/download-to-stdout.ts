import { AppError } from '../../core/errors.ts'
import type { Terminal } from '../terminal.ts'

/** Bytes are for a program or a file. @throws usage.flag */
export function refuseStdout({ stdoutIsTerminal }: Terminal, isDocument: boolean): void {
  if (isDocument)
    throw new AppError('usage.flag', '--out - writes the bytes to stdout, where --json writes its document', {
      suggestions: ['leave out --json', '--out FILE'],
    })
  if (stdoutIsTerminal)
    throw new AppError('usage.flag', 'stdout is a terminal: a backup is no text', {
      suggestions: ['--out - > FILE', '--out FILE'],
    })
}
