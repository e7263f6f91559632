import { AppError } from '../core/errors.ts'

/** Names that no shell can have, such as `database-password`, are for files that refer to secrets by name (LCP.json). */
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/
/** The platform's own, and those by which a variable could change what the platform runs. */
const RESERVED = /^(ALOFT_|PLATFORM_|MAGENTO_CLOUD_|LCP_|LD_)|^(PATH|HOME|PORT|SOCKET|TMPDIR)$/

/** What the platform takes as names of variables. @throws usage.variable with every problem */
export function checkVariableNames(names: readonly string[]): void {
  const problems = names.flatMap(nameProblems)
  if (problems.length > 0) throw new AppError('usage.variable', problems.join('; '))
}

function nameProblems(name: string): string[] {
  if (!NAME.test(name)) return [`"${name}" is not a name: letters, digits, _, - and ., a letter or _ first`]
  if (RESERVED.test(name)) return [`"${name}" is set by the platform`]
  return []
}
