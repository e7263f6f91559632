import { inDirectory } from '../tree.ts'
import type { ApplicationContext } from './family.ts'

/**
 * The command with the application's `.environment` sourced before it, as the family does for starts, hooks and crons
 * (docs.platform.sh, "Set variables via script").
 */
export function withEnvironmentScript(
  command: string | null | undefined,
  { family, root, tree }: ApplicationContext,
): string | undefined {
  if (command === null || command === undefined) return undefined
  const sourced = family.format !== 'aloft' && tree.has(inDirectory(root, '.environment'))
  return sourced ? `. ./.environment\n${command}` : command
}
