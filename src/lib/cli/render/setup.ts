import type { Result } from '../results/platform/setup.ts'
import type { Layout } from './layout.ts'

export function renderSetup({ command, packages }: Result, { isTerminal, paint }: Layout): string {
  const lines = packages.map(({ package: name, state, title }) => {
    if (!isTerminal) return `${state}\t${name}\t${title}\n`
    const mark = state === 'missing' ? paint.yellow('missing  ') : paint.green(state.padEnd(9))
    return `${mark} ${name} (${title})\n`
  })
  if (isTerminal && command !== undefined) lines.push(`\n${paint.cyan(command)}\n`)
  return lines.join('')
}
