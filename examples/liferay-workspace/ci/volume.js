import { existsSync } from 'node:fs'

/**
 * Where a volume of LCP.json lies: at the absolute path it names in a container of one's own, below the working
 * directory where a service shares the machine with others.
 */
export function directoryOf(variable, otherwise) {
  const path = process.env[variable]
  if (path === undefined) return otherwise
  return existsSync(path) ? path : `.${path}`
}
