import { Config, type Command, type Interfaces } from '@oclif/core'
import { flagsOf, type SharedFlags, shareFlags } from './start/shared-flags.ts'

/** What is known of the commands before any of them is loaded. */
export interface Program {
  readonly packageFile: Interfaces.PJSON
  /** The directory of the package. */
  readonly root: string
  /** As in `oclif.manifest.json`, by id. */
  readonly commands: Readonly<Record<string, Command.Cached>>
  /** Loads the module of a command, by id. */
  readonly load: Readonly<Record<string, (() => Promise<CommandModule>) | undefined>>
}

export interface CommandModule {
  readonly default: Command.Class
}

type CachedFlag = Command.Cached['flags'][string]
type Listed = Omit<Command.Cached, 'flags'> & { readonly flags: readonly CachedFlag[] }

/** The commands as they lie in `dist`. */
export function storeCommands(commands: Program['commands']): SharedFlags<CachedFlag, Listed> {
  const listed = Object.entries(commands).map(([id, command]): [string, Listed] => [
    id,
    { ...command, flags: Object.values(command.flags) },
  ])
  return shareFlags(Object.fromEntries(listed))
}

export function readCommands(stored: SharedFlags<CachedFlag, Listed>): Program['commands'] {
  const commands = Object.entries(stored.commands).map(([id, command]) => [
    id,
    { ...command, flags: Object.fromEntries(flagsOf(stored, command).map(flag => [flag.name, flag])) },
  ])
  return Object.fromEntries(commands)
}

/** oclif's view of the program, made without looking for a package, a manifest or plugins on the disk. */
export async function loadConfig(program: Program): Promise<Config> {
  const { packageFile, root } = program
  const plugin = toPlugin(program)
  const config = new UnthemedConfig({
    devPlugins: false,
    pjson: packageFile,
    plugins: new Map([[plugin.name, plugin]]),
    root,
    userPlugins: false,
  })
  await config.load()
  return config
}

/** oclif would look for the user's own colours of its help in a file. */
class UnthemedConfig extends Config {
  override async loadTheme(): Promise<undefined> {
    return undefined
  }
}

function toPlugin({ commands, load, packageFile, root }: Program): Interfaces.Plugin {
  const { name, version } = packageFile
  const plugin: Interfaces.Plugin = {
    _base: '',
    alias: name,
    commandIDs: Object.keys(commands),
    commands: Object.values(commands).map(command => ({
      ...command,
      load: async () => plugin.findCommand(command.id, { must: true }),
      pluginAlias: name,
      pluginName: name,
      pluginType: 'core',
    })),
    commandsDir: undefined,
    async findCommand(id: string): Promise<Command.Class> {
      const module = await load[id]?.()
      if (module === undefined) throw new Error(`the program has no module for ${id}`)
      return Object.assign(module.default, { id, plugin })
    },
    hasManifest: true,
    hooks: {},
    isRoot: true,
    load: async () => {},
    moduleType: 'module',
    name,
    options: { root },
    pjson: packageFile,
    root,
    topics: topicsOf(packageFile),
    type: 'core',
    valid: true,
    version,
  }
  return plugin
}

function topicsOf({ oclif }: Interfaces.PJSON): Interfaces.Topic[] {
  return Object.entries(oclif.topics ?? {}).map(([name, topic]) => ({ ...topic, name }))
}
