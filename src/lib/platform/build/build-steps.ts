import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installsAsDocumented } from './build-key.ts'
import type { BuildRequest } from './build-request.ts'
import type { Runtime, Runtimes } from './runtimes.ts'
import { toolMissing } from './tools.ts'

/** One command of a build; run in the application's root. */
export interface BuildStep {
  readonly name: string
  /** Shell line for `sh -c`, or an argument vector. */
  readonly command: string | readonly string[]
}

export interface StepContext {
  readonly request: BuildRequest
  readonly runtime: Runtime
  /** Runtimes of global dependencies that are not the application's own. */
  readonly helpers: Readonly<Partial<Record<'nodejs' | 'python' | 'php', Runtime>>>
  readonly runtimes: Runtimes
  /** Where the application's files lie. */
  readonly app: string
}

/**
 * The commands of a build in their order: global dependencies, flavour, hook, and for detected npm applications the removal
 * of development packages. @throws failed.tool-missing
 */
export async function planSteps(context: StepContext): Promise<BuildStep[]> {
  const { hook } = context.request.application.build
  return [
    ...(await dependencySteps(context)),
    ...(await flavorSteps(context)),
    ...(hook === undefined ? [] : [{ command: hook, name: 'hook' }]),
    ...pruneSteps(context),
  ]
}

async function dependencySteps({ helpers, request, runtimes }: StepContext): Promise<BuildStep[]> {
  const { nodejs = {}, php = {}, python3 = {} } = request.application.build.dependencies
  const steps: BuildStep[] = []
  if (helpers.nodejs && hasAny(nodejs)) {
    const packages = Object.entries(nodejs).map(([name, range]) => `${name}@${range}`)
    const npm = runtimes.tool('npm', helpers.nodejs)
    steps.push({
      command: [npm, 'install', '--global', '--prefix', '.global', '--', ...packages],
      name: 'dependencies-nodejs',
    })
  }
  if (helpers.python && hasAny(python3)) {
    const python = await pythonWithVenv(helpers.python)
    const packages = Object.entries(python3).map(([name, range]) => pipRequirement(name, range))
    steps.push(
      { command: [python, '-m', 'venv', '.global/python3'], name: 'dependencies-venv' },
      {
        command: ['.global/python3/bin/python', '-m', 'pip', 'install', '--', ...packages],
        name: 'dependencies-python3',
      },
    )
  }
  if (helpers.php && hasAny(php)) {
    const packages = Object.entries(php).map(([name, range]) => `${name}:${range}`)
    const composer = runtimes.tool('composer', helpers.php)
    const command = ['env', 'COMPOSER_HOME=.global', composer, 'global', 'require', '--no-progress', '--', ...packages]
    steps.push({ command, name: 'dependencies-php' })
  }
  return steps
}

async function flavorSteps(context: StepContext): Promise<BuildStep[]> {
  switch (context.request.application.build.flavor) {
    case 'none':
      return []
    case 'npm':
      return npmSteps(context)
    case 'composer':
      return composerSteps(context)
    case 'pip':
      return pipSteps(context)
  }
}

/** docs.platform.sh, "build flavor": `npm install` with the application's own .npmrc. */
function npmSteps({ app, request, runtime, runtimes }: StepContext): BuildStep[] {
  if (!existsSync(join(app, 'package.json'))) return []
  const npm = runtimes.tool('npm', runtime)
  if (installsAsDocumented(request.format))
    return [{ command: [npm, 'install', '--userconfig', '.npmrc'], name: 'npm' }]
  const locked = ['package-lock.json', 'npm-shrinkwrap.json'].some(file => existsSync(join(app, file)))
  return [{ command: [npm, locked ? 'ci' : 'install', '--include=dev'], name: 'npm' }]
}

/** docs.platform.sh, "build flavor": Composer's default. */
function composerSteps({ app, runtime, runtimes }: StepContext): BuildStep[] {
  if (!existsSync(join(app, 'composer.json'))) return []
  const composer = runtimes.tool('composer', runtime)
  const options = ['--no-ansi', '--no-interaction', '--no-progress', '--prefer-dist', '--optimize-autoloader']
  return [{ command: [composer, 'install', ...options], name: 'composer' }]
}

async function pipSteps({ app, runtime }: StepContext): Promise<BuildStep[]> {
  const requirements = existsSync(join(app, 'requirements.txt'))
  if (!requirements && !existsSync(join(app, 'pyproject.toml'))) return []
  const python = await pythonWithVenv(runtime)
  const what = requirements ? ['-r', 'requirements.txt'] : ['.']
  return [
    { command: [python, '-m', 'venv', '.venv'], name: 'venv' },
    { command: ['.venv/bin/python', '-m', 'pip', 'install', ...what], name: 'pip' },
  ]
}

function pruneSteps({ app, request, runtime, runtimes }: StepContext): BuildStep[] {
  if (request.format !== 'detected' || request.application.build.flavor !== 'npm') return []
  if (!existsSync(join(app, 'package.json'))) return []
  return [{ command: [runtimes.tool('npm', runtime), 'prune', '--omit=dev'], name: 'prune' }]
}

function hasAny(packages: Readonly<Record<string, string>>): boolean {
  return Object.keys(packages).length > 0
}

function pipRequirement(name: string, range: string): string {
  if (range === '*' || range === '') return name
  return /^[<>=!~]/.test(range) ? name + range : `${name}==${range}`
}

/** Debian splits the module's seeds off into a package of their own. */
async function pythonWithVenv({ binary = 'python3' }: Runtime): Promise<string> {
  try {
    await promisify(execFile)(binary, ['-I', '-c', 'import ensurepip, venv'])
    return binary
  } catch (cause) {
    throw toolMissing('python3-venv', cause)
  }
}
