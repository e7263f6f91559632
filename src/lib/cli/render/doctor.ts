import type { Check } from '../doctor/check.ts'
import type { Layout } from './layout.ts'

export function renderChecks(checks: readonly Check[], { isTerminal, paint }: Layout): string {
  const marks = { failed: paint.red('failed '), ok: paint.green('ok     '), warning: paint.yellow('warning') }
  return checks
    .map(({ detail, fix, name, state }) => {
      if (!isTerminal) return `${state}\t${name}\t${detail}\t${fix ?? ''}\n`
      return `${marks[state]} ${name}: ${detail}\n${fix === undefined ? '' : `    ${paint.cyan(fix)}\n`}`
    })
    .join('')
}
