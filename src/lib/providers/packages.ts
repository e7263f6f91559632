import { readFile } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod/mini'
import { AppError } from '../core/errors.ts'
import { resolveHome } from '../protocol/home.ts'
import type { HttpRequest } from '../transport/call.ts'
import type { Account } from './accounts-port.ts'
import type { Provider } from './port.ts'

/** Grows when a package written for the one before could misbehave. */
const PACKAGE_API_VERSION = 1

/** What a package's `open` gets. */
export interface OpenPackage {
  readonly account: Account
  readonly token: () => Promise<string>
  /**
   * Sends to the account's address with its token, and gives the parsed JSON: through proxies, with the user's
   * certificates, repeated where that is safe, traced by --debug without secrets.
   */
  readonly request: (request: HttpRequest) => Promise<unknown>
}

/** `open(options: OpenPackage): Promise<Provider>`, exported by the package's entry. */
type Open = (options: OpenPackage) => Promise<Provider>

/** A package named in the setting `provider-packages`, not loaded yet. */
export interface ProviderPackage {
  /** What `--provider` takes. */
  readonly id: string
  /** As it stands in the setting. */
  readonly name: string
  /** Imports it. @throws usage.setting */
  readonly load: () => Promise<Open>
}

const manifestSchema = z.object({
  aloft: z.object({
    apiVersion: z.literal(PACKAGE_API_VERSION),
    entry: z.string().check(z.minLength(1)),
    provider: z.string().check(z.regex(/^[a-z][a-z0-9-]*$/)),
  }),
})

/**
 * The packages of the setting `provider-packages` (`ALOFT_PROVIDER_PACKAGES`): names are looked for in `node_modules` of
 * the user's configuration directory, paths start there. Only their package.json is read.
 * @throws usage.setting when one is missing or is no provider package
 */
export async function listPackages(environment: NodeJS.ProcessEnv): Promise<readonly ProviderPackage[]> {
  const names = (environment['ALOFT_PROVIDER_PACKAGES'] ?? '').split(',').filter(Boolean)
  if (names.length === 0) return []
  const { config } = resolveHome(environment)
  return Promise.all(names.map(name => readPackage(name, config)))
}

async function readPackage(name: string, config: string): Promise<ProviderPackage> {
  const isPath = name.startsWith('.') || isAbsolute(name)
  const directory = isPath ? resolve(config, name) : join(config, 'node_modules', name)
  const { aloft } = await readManifest(name, { config, directory, isPath })
  return { id: aloft.provider, load: () => load(name, join(directory, aloft.entry)), name }
}

async function readManifest(
  name: string,
  { config, directory, isPath }: { config: string; directory: string; isPath: boolean },
): Promise<z.infer<typeof manifestSchema>> {
  const file = join(directory, 'package.json')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new AppError('usage.setting', `provider-packages names "${name}", and ${file} cannot be read`, {
      cause,
      suggestions: isPath ? ['aloft config unset provider-packages'] : [`npm install --prefix ${config} ${name}`],
    })
  }
  try {
    return z.parse(manifestSchema, JSON.parse(text))
  } catch (cause) {
    const wanted = `"aloft": {"apiVersion": ${PACKAGE_API_VERSION}, "provider": ID, "entry": FILE}`
    throw new AppError('usage.setting', `${file} does not describe a provider: ${wanted} is needed`, { cause })
  }
}

async function load(name: string, file: string): Promise<Open> {
  let loaded: unknown
  try {
    loaded = await import(pathToFileURL(file).href)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('usage.setting', `the provider package "${name}" cannot be loaded: ${reason}`, { cause })
  }
  if (hasOpen(loaded)) return loaded.open
  throw new AppError('usage.setting', `the provider package "${name}" exports no function \`open\` (${file})`)
}

/** What `open` returns is trusted: the user chose the package. */
function hasOpen(value: unknown): value is { readonly open: Open } {
  return typeof value === 'object' && value !== null && 'open' in value && typeof value.open === 'function'
}
