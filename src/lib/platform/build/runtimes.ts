import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { RuntimeName, RuntimeSpec } from '../../config/environment-spec.ts'
import {
  type Installed,
  type InterpreterName,
  STANDARD_DIRECTORIES,
  type Surroundings,
  executable,
  findInstalled,
  findProgram,
  isPublic,
} from './installed.ts'
import { toolMissing } from './tools.ts'

/** The runtime an application is built and run with. */
export interface Runtime {
  readonly name: RuntimeName
  /** e.g. `nodejs 22.19.0`; for `static` and `shell` the name alone. */
  readonly description: string
  /** Absent where nothing is run. */
  readonly binary?: string | undefined
  /** To be put before the base PATH; absolute. */
  readonly directories: readonly string[]
  /** Command names that would lead elsewhere, or nowhere, in those directories -> what they have to lead to. */
  readonly aliases: Readonly<Record<string, string>>
  /** Another version than was asked for. */
  readonly warning?: string | undefined
}

export interface Runtimes {
  /**
   * The highest installed version of the major asked for (of the minor for Python and PHP), else the nearest with a warning;
   * the highest of all when none is asked for. Nothing is picked by the order of PATH. @throws failed.tool-missing
   */
  resolve(spec: RuntimeSpec): Promise<Runtime>
  /** Path of a program, beside the runtime's binary first. @throws failed.tool-missing */
  tool(name: 'npm' | 'composer', runtime: Runtime): string
}

export function createRuntimes(given: Partial<Surroundings> = {}): Runtimes {
  const surroundings: Surroundings = {
    execPath: process.execPath,
    home: homedir(),
    path: process.env['PATH'] ?? '',
    standard: STANDARD_DIRECTORIES,
    unprivileged: process.getuid?.() === 0,
    ...given,
  }
  return {
    resolve: async spec => {
      if (spec.name === 'static' || spec.name === 'shell')
        return { aliases: {}, description: spec.name, directories: [], name: spec.name }
      const installed = await findInstalled(spec.name, surroundings)
      return choose({ ...spec, name: spec.name }, installed, surroundings)
    },
    tool: (name, runtime) => {
      const found = findProgram(name, runtime.directories, surroundings)
      if (found === undefined) throw toolMissing(name)
      return found
    },
  }
}

type Wanted = RuntimeSpec & { readonly name: InterpreterName }

function choose(spec: Wanted, installed: readonly Installed[], surroundings: Surroundings): Runtime {
  const { execPath, unprivileged } = surroundings
  // the platform's own Node is shown to every process
  const usable = installed.filter(({ binary }) => !unprivileged || binary === execPath || isPublic(binary))
  const wanted = spec.version === undefined ? undefined : /^\D*(\d+)(?:\.(\d+))?/.exec(spec.version)
  const [major, minor] = wanted ? [Number(wanted[1]), wanted[2] === undefined ? undefined : Number(wanted[2])] : []
  const ranked = usable.toSorted((a, b) => compareVersions(b.version, a.version) || preferStandard(a, b, surroundings))
  const matches = ({ version }: Installed): boolean =>
    (major === undefined || version[0] === major) &&
    (minor === undefined || spec.name === 'nodejs' || version[1] === minor)
  const exact = ranked.find(matches)
  const chosen = exact ?? nearest(ranked, [major ?? 0, minor ?? 0])
  if (chosen === undefined) throw toolMissing(spec.name)
  const description = `${spec.name} ${chosen.version.join('.')}`
  const warning = exact ? undefined : `${spec.name} ${spec.version} is not installed: ${description} is used instead`
  return { ...toRuntime(spec.name, chosen.binary), description, warning }
}

function compareVersions(a: Installed['version'], b: Installed['version']): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}

function preferStandard(a: Installed, b: Installed, { standard }: Surroundings): number {
  const rank = ({ binary }: Installed): number => (standard.includes(dirname(binary)) ? 0 : 1)
  return rank(a) - rank(b) || (a.binary < b.binary ? -1 : 1)
}

/** By distance of the major, then of the minor; the newer of two that are equally far. */
function nearest(ranked: readonly Installed[], [major, minor]: readonly [number, number]): Installed | undefined {
  const distance = ({ version }: Installed): number =>
    Math.abs(version[0] - major) * 1000 + (version[0] === major ? Math.abs(version[1] - minor) : 0)
  return ranked.toSorted((a, b) => distance(a) - distance(b))[0]
}

const COMMANDS: Readonly<Record<InterpreterName, readonly string[]>> = {
  nodejs: ['node'],
  php: ['php'],
  python: ['python3', 'python'],
}

function toRuntime(name: InterpreterName, binary: string): Omit<Runtime, 'description'> {
  const directory = dirname(binary)
  const aliases = COMMANDS[name].filter(
    command => command !== basename(binary) && executable(join(directory, command)) !== binary,
  )
  return {
    aliases: Object.fromEntries(aliases.map(command => [command, binary])),
    binary,
    directories: [directory],
    name,
  }
}
