import type { BuildSpec, RuntimeName, RuntimeSpec } from '../environment-spec.ts'
import { addProblem, addUnsupported, type Section, subsection } from '../document/section.ts'
import { inDirectory } from '../tree.ts'
import type { ApplicationContext } from './family.ts'
import type { ApplicationInput } from './schemas.ts'

/** Runtimes of the Platform.sh family (docs.platform.sh, "Available types") that are not here yet. */
const ELSEWHERE = ['composable', 'dotnet', 'elixir', 'golang', 'java', 'lisp', 'ruby', 'rust']
const RUNTIMES: Readonly<Record<string, RuntimeName>> = { nodejs: 'nodejs', php: 'php', python: 'python' }
/** Ours, for applications that need no language. */
const PLAIN: Readonly<Record<string, RuntimeName>> = { shell: 'shell', static: 'static' }

/** The runtime named by `type: name:version`; undefined when it is wrong or not there. */
export function toRuntime(
  type: string | null | undefined,
  section: Section,
  { family }: Pick<ApplicationContext, 'family'>,
): RuntimeSpec | undefined {
  const known = family.extended ? { ...RUNTIMES, ...PLAIN } : RUNTIMES
  const allowed = Object.keys(known).map(name => (name in PLAIN ? name : `${name}:VERSION`))
  if (type === null || type === undefined) {
    // a composable stack has no type of its own, and is refused by its name
    if (!subsection(section, 'stack'))
      addProblem(section, ['type'], { allowed, message: `is required: ${allowed.join(', ')}` })
    return undefined
  }
  const [name = '', version] = type.split(':', 2)
  const runtime = known[name]
  const isComplete = version === undefined ? family.extended : version !== ''
  if (runtime && isComplete) return { name: runtime, ...(version === undefined ? {} : { version }) }
  if (ELSEWHERE.includes(name)) addUnsupported(section, ['type'], `the runtime ${type}`)
  else addProblem(section, ['type'], { allowed, message: `"${type}" is no type (allowed: ${allowed.join(', ')})` })
  return undefined
}

/** What is built before the hook. Without a flavour: npm for Node and composer for PHP where their files are there. */
export function toBuild(
  input: ApplicationInput,
  runtime: RuntimeName,
  context: Pick<ApplicationContext, 'family' | 'root' | 'tree'>,
): Omit<BuildSpec, 'variables'> {
  const { build, dependencies, hooks } = input
  const php = dependencies?.php
  return {
    dependencies: {
      ...(dependencies?.nodejs ? { nodejs: versions(dependencies.nodejs) } : {}),
      ...(php ? { php: versions(isRequire(php) ? php.require : php) } : {}),
      ...(dependencies?.python3 ? { python3: versions(dependencies.python3) } : {}),
    },
    flavor: toFlavor(build?.flavor ?? 'default', runtime, context),
    hook: hooks?.build ?? undefined,
  }
}

/** The files that tell of an application's own dependencies, by runtime. */
const MANIFESTS: Readonly<
  Partial<Record<RuntimeName, { readonly flavor: BuildSpec['flavor']; readonly files: readonly string[] }>>
> = {
  nodejs: { files: ['package.json'], flavor: 'npm' },
  php: { files: ['composer.json'], flavor: 'composer' },
  python: { files: ['requirements.txt', 'pyproject.toml'], flavor: 'pip' },
}

function toFlavor(
  flavor: 'default' | BuildSpec['flavor'],
  runtime: RuntimeName,
  { family, root, tree }: Pick<ApplicationContext, 'family' | 'root' | 'tree'>,
): BuildSpec['flavor'] {
  if (flavor !== 'default') return flavor
  const usual = MANIFESTS[runtime]
  // the family itself installs nothing for Python
  if (!usual || (usual.flavor === 'pip' && !family.extended)) return 'none'
  return usual.files.some(name => tree.has(inDirectory(root, name))) ? usual.flavor : 'none'
}

type Packages = Readonly<Record<string, string | number>>

function isRequire(php: Packages | { readonly require: Packages }): php is { readonly require: Packages } {
  return typeof php['require'] === 'object'
}

function versions(packages: Packages): Record<string, string> {
  return Object.fromEntries(Object.entries(packages).map(([name, version]) => [name, String(version)]))
}
