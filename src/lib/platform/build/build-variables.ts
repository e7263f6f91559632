import { join } from 'node:path'
import { buildRelevant } from './build-key.ts'
import type { BuildRequest } from './build-request.ts'

/** Replaced by the engine: where the application lies as its processes see it. */
const APP_DIR = '${APP_DIR}'

/**
 * All that a build's commands see. Precedence: what the platform provides, over the project's and environment's, over the
 * file's. The platform's are those documented for builds (docs.platform.sh, "Use variables"): run-time ones are absent.
 */
export function buildVariables(
  request: BuildRequest,
  made: { readonly subtree: string; readonly cache: string; readonly network: Readonly<Record<string, string>> },
): Record<string, string> {
  const { application } = request
  const provided: Record<string, string> = {
    APPLICATION: Buffer.from(JSON.stringify(buildRelevant(application))).toString('base64'),
    APPLICATION_NAME: application.name,
    APP_DIR,
    CACHE_DIR: made.cache,
    PROJECT: request.projectName,
    TREE_ID: made.subtree,
  }
  const prefixes = new Set(['ALOFT_', application.variablesPrefix])
  const prefixed = [...prefixes].flatMap(prefix =>
    Object.entries(provided).map(([name, value]) => [prefix + name, value]),
  )
  return {
    ...made.network,
    ...toolVariables(made.cache),
    ...application.build.variables,
    ...request.variables,
    ...Object.fromEntries(prefixed),
    CI: '1',
  }
}

/** Downloads are kept for the project's next builds; nothing waits for an answer. */
function toolVariables(cache: string): Record<string, string> {
  return {
    COMPOSER_CACHE_DIR: join(cache, 'composer'),
    COMPOSER_NO_INTERACTION: '1',
    PIP_CACHE_DIR: join(cache, 'pip'),
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    npm_config_audit: 'false',
    npm_config_cache: join(cache, 'npm'),
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  }
}
