import { existsSync, readdirSync } from 'node:fs'
import type { BaseCommand } from '../src/lib/cli/base-command.ts'
import type { ResultModule } from '../src/lib/cli/results/document.ts'

const root = new URL('../', import.meta.url)

/** The class of a command: what oclif reads of it. */
export type CommandClass = typeof BaseCommand

export interface LoadedCommand {
  /** As people type it: `projects create`. */
  readonly name: string
  /** Relative to `src/commands`. */
  readonly file: string
  readonly command: CommandClass
  readonly result: ResultModule
}

/** Paths below `src/commands`, and below `src/lib/cli/results`. */
export const commandFiles: readonly string[] = readdirSync(new URL('src/commands/', root), {
  encoding: 'utf8',
  recursive: true,
})
  .filter(file => file.endsWith('.ts'))
  .map(file => file.replaceAll('\\', '/'))
  .toSorted()

export function nameOf(file: string): string {
  return file.replace(/(\/index)?\.ts$/, '').replaceAll('/', ' ')
}

/** @throws Error saying what to add when a command has no result module */
export async function loadResult(file: string): Promise<ResultModule> {
  const path = `src/lib/cli/results/${file}`
  const url = new URL(path, root)
  if (!existsSync(url)) {
    const what = `\`aloft ${nameOf(file)}\` has no ${path}`
    throw new Error(
      `${what}: declare there what its --json prints, then \`npm run docs\` (CONTRIBUTING.md, "Add a command")`,
    )
  }
  const module: ResultModule = await import(url.href)
  return module
}

/** Every command there is, by name. */
export async function loadCommands(): Promise<readonly LoadedCommand[]> {
  const commands = await Promise.all(commandFiles.map(loadCommand))
  return commands.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

async function loadCommand(file: string): Promise<LoadedCommand> {
  const module: { readonly default: CommandClass } = await import(new URL(`src/commands/${file}`, root).href)
  return { command: module.default, file, name: nameOf(file), result: await loadResult(file) }
}
