import type { ApplicationSpec } from '../../config/environment-spec.ts'
import { AppError } from '../../core/errors.ts'
import { builtInSecrets, isBuiltInSecret, liferayAccess, liferayVariables } from './liferay-variables.ts'
import { collectedVariables, platformshVariables } from './platformsh-variables.ts'
import { relationshipVariables } from './relationship-variables.ts'
import { relationshipHolder } from './relationships.ts'
import type { Release, ReleaseService } from './release.ts'

/** What a shell and every runtime take as the name of a variable (POSIX.1-2024, 8.1); others can only be referred to. */
const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Replaced by the engine: where the application lies as its processes see it. */
const APP_DIR = '${APP_DIR}'

/**
 * The variables a service's processes see. Precedence as the Platform.sh family documents it (docs.platform.sh,
 * "Use variables"): what the platform provides, over the environment's, over the project's, over the file's. Below all of
 * them is how managed services are reached, so that a `DATABASE_URL` of one's own stays what it is.
 */
export function serviceVariables(release: Release, service: ReleaseService): Record<string, string> {
  const { application, worker } = service
  const own = Object.entries(release.variables).filter(([name]) => ENVIRONMENT_NAME.test(name))
  return {
    ...serviceAccess(release, relationshipHolder(service)),
    ...application.variables,
    ...worker?.variables,
    ...referencedSecrets(release, application),
    ...Object.fromEntries(own),
    ...platformVariables(release, service),
  }
}

/** Adobe Commerce on cloud has `MAGENTO_CLOUD_RELATIONSHIPS` only. */
function serviceAccess(release: Release, application: ApplicationSpec): Record<string, string> {
  if (application.variablesPrefix === 'MAGENTO_CLOUD_') return {}
  const liferay = application.variablesPrefix === 'LCP_' ? liferayAccess(release, application) : {}
  return { ...relationshipVariables(release, application), ...liferay }
}

/** What a file refers to by name (`"KEY": "@name"` in LCP.json). */
function referencedSecrets(release: Release, application: ApplicationSpec): Record<string, string> {
  const secrets = { ...builtInSecrets(release, application), ...release.variables }
  return Object.fromEntries(
    Object.entries(application.secretVariables ?? {}).map(([key, name]) => [key, secrets[name] ?? '']),
  )
}

/**
 * Refuses a release whose file refers to secrets that are not set.
 * @throws usage.variable naming all of them
 */
export function checkSecrets(
  applications: readonly ApplicationSpec[],
  variables: Readonly<Record<string, string>>,
): void {
  const missing = applications
    .filter(({ deploy }) => deploy)
    .flatMap(application =>
      Object.entries(application.secretVariables ?? {})
        .filter(([, secret]) => variables[secret] === undefined && !isBuiltInSecret(secret, application))
        .map(([key, secret]) => ({ key, name: application.name, secret })),
    )
  if (missing.length === 0) return
  const text = missing.map(({ key, name, secret }) => `${key} of ${name} refers to the secret "${secret}"`).join('; ')
  throw new AppError('usage.variable', `${text}: not set`, {
    suggestions: [...new Set(missing.map(({ secret }) => `aloft variables set ${secret}=- --secret`))],
  })
}

function platformVariables(release: Release, service: ReleaseService): Record<string, string> {
  const ours = {
    ALOFT_APP_DIR: APP_DIR,
    ALOFT_DEPLOYMENT: release.id,
    ALOFT_ENVIRONMENT: release.environment.name,
    ALOFT_ENVIRONMENT_TYPE: release.environment.type,
    ALOFT_PROJECT: release.project,
    ALOFT_SERVICE: service.name,
    ...(release.urls[0] === undefined ? {} : { ALOFT_URL: release.urls[0] }),
  }
  switch (service.application.variablesPrefix) {
    case 'ALOFT_':
      return ours
    case 'PLATFORM_':
    case 'MAGENTO_CLOUD_':
      return { ...ours, ...familyVariables(release, service) }
    case 'LCP_':
      return { ...ours, ...liferayVariables(release, service) }
  }
}

function familyVariables(release: Release, service: ReleaseService): Record<string, string> {
  const { application, worker } = service
  const prefix = application.variablesPrefix
  const fromFile = { ...application.variables, ...worker?.variables }[`${prefix}VARIABLES`]
  return prefixed(prefix, {
    ...platformshVariables(release, service),
    VARIABLES: collectedVariables(fromFile, release),
  })
}

function prefixed(prefix: string, variables: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [prefix + name, value]))
}
