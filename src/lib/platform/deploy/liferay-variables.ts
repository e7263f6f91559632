import type { ApplicationSpec, RelationshipSpec } from '../../config/environment-spec.ts'
import { READONLY_ENDPOINT } from '../../config/liferay/images.ts'
import type { ServiceConnection } from '../services/port.ts'
import { type Related, relatedServices } from './relationships.ts'
import type { Release, ReleaseService } from './release.ts'

/** learn.liferay.com, "Environment variables": the environment is a project `<project>-<environment>`. */
export function liferayVariables(release: Release, service: ReleaseService): Record<string, string> {
  return {
    LCP_CONTAINER_CPU: String(service.cpu ?? 1),
    LCP_PROJECT_ENVIRONMENT: release.environment.name,
    LCP_PROJECT_ID: `${release.project}-${release.environment.name}`,
    LCP_SERVICE_ID: service.name,
    LCP_SERVICE_SCALE: String(service.count),
  }
}

/** How the database is reached: the names that the vendor's services read, and those that Kubernetes gives to all of them. */
export function liferayAccess(release: Release, application: ApplicationSpec): Record<string, string> {
  const related = relatedServices(release, application)
  return {
    ...Object.fromEntries(related.flatMap(addresses)),
    ...Object.fromEntries(databases(related).flatMap(databaseVariables)),
  }
}

/** Built-in secret (learn.liferay.com, "Secrets") -> value, for what depends on a database. */
export function builtInSecrets(release: Release, application: ApplicationSpec): Record<string, string> {
  return Object.fromEntries(
    databases(relatedServices(release, application))
      .flatMap(secretVariables)
      .map(([variable, value]) => [variable.toLowerCase().replaceAll('_', '-'), value]),
  )
}

const BUILT_IN = /^lcp-secret-database-(name|password|user|readonly-user|readonly-user-password)$/

/** True for a secret that exists without anybody having set it. */
export function isBuiltInSecret(secret: string, { relationships = [], variablesPrefix }: ApplicationSpec): boolean {
  return variablesPrefix === 'LCP_' && BUILT_IN.test(secret) && relationships.some(isDatabase)
}

function isDatabase({ endpoint }: RelationshipSpec): boolean {
  return endpoint === 'mysql' || endpoint === 'postgresql'
}

/** The vendor's projects have one database. */
function databases(related: readonly Related[]): readonly Related[] {
  return related.filter(({ relationship }) => isDatabase(relationship)).slice(0, 1)
}

function addresses({ connections: [{ host, port }], relationship: { name } }: Related): [string, string][] {
  const prefix = name.toUpperCase()
  return [
    [`${prefix}_SERVICE_HOST`, host],
    [`${prefix}_SERVICE_PORT`, String(port)],
  ]
}

function databaseVariables(related: Related): [string, string][] {
  const [{ password = '', path = '', username = '' }] = related.connections
  return [
    ['LCP_DBNAME', path],
    ['LCP_MASTER_USER_NAME', username],
    ['LCP_MASTER_USER_PASSWORD', password],
    ...secretVariables(related),
  ]
}

/** The built-in secrets as variables (learn.liferay.com, "Database Service"). */
function secretVariables({ connections }: Related): [string, string][] {
  const [{ password = '', path = '', username = '' }] = connections
  return [
    ['LCP_SECRET_DATABASE_NAME', path],
    ['LCP_SECRET_DATABASE_PASSWORD', password],
    ['LCP_SECRET_DATABASE_USER', username],
    ...connections.filter(({ endpoint }) => endpoint === READONLY_ENDPOINT).flatMap(readerVariables),
  ]
}

/** Deployments of before there was such a user have none. */
function readerVariables({ password = '', username = '' }: ServiceConnection): [string, string][] {
  return [
    ['LCP_SECRET_DATABASE_READONLY_USER', username],
    ['LCP_SECRET_DATABASE_READONLY_USER_PASSWORD', password],
  ]
}
