import { createHash } from 'node:crypto'
import type { ApplicationSpec, LocationSpec, MountSpec } from '../../config/environment-spec.ts'
import { buildRelevant } from '../build/build-key.ts'
import { describeRelationships } from './relationship-variables.ts'
import { relationshipHolder } from './relationships.ts'
import { machineName, type Release, type ReleaseService } from './release.ts'

/** Replaced by the engine: where the application lies as its processes see it. */
const APP_DIR = '${APP_DIR}'

/**
 * What an application of the Platform.sh family is told of itself at run time, names without their prefix
 * (docs.platform.sh, "Use variables"; the shapes are those that the `platformsh-config` package reads).
 */
export function platformshVariables(release: Release, service: ReleaseService): Record<string, string> {
  const { application } = service
  const root = application.web?.locations['/']?.root
  return {
    APPLICATION: base64Json(describeApplication(application)),
    APPLICATION_NAME: application.name,
    APP_DIR,
    BRANCH: release.environment.name,
    DOCUMENT_ROOT: root === undefined || root === '.' ? APP_DIR : `${APP_DIR}/${root}`,
    ENVIRONMENT: machineName(release),
    ENVIRONMENT_TYPE: release.environment.type,
    PROJECT: release.project,
    PROJECT_ENTROPY: digest(`entropy:${release.environment.id}`).slice(0, 56),
    RELATIONSHIPS: base64Json(describeRelationships(release, relationshipHolder(service))),
    ROUTES: base64Json(describeRoutes(release)),
    SMTP_HOST: '',
    TREE_ID: release.tree,
  }
}

/** Those of the file with those that people set by names like `theme:colour`: what they set wins. */
export function collectedVariables(fromFile: string | undefined, release: Release): string {
  const collected: unknown = fromFile === undefined ? {} : JSON.parse(Buffer.from(fromFile, 'base64').toString())
  const set = Object.entries(release.variables).filter(([name]) => name.includes(':'))
  return base64Json({ ...(typeof collected === 'object' ? collected : {}), ...Object.fromEntries(set) })
}

/** The application in the words of its file. */
function describeApplication(application: ApplicationSpec): Record<string, unknown> {
  const { crons, hooks, mounts, timeZone, web, workers } = application
  const built = buildRelevant(application)
  return {
    ...built,
    crons: Object.fromEntries(
      crons.map(({ name, schedule, start }) => [name, { commands: { start }, spec: schedule }] as const),
    ),
    hooks: { ...hooksOf(built), deploy: hooks.deploy, post_deploy: hooks.postDeploy },
    mounts: describeMounts(mounts),
    timezone: timeZone,
    ...(web ? { web: { commands: { start: web.commands.start }, locations: describeLocations(web.locations) } } : {}),
    workers: Object.fromEntries(
      workers.map(
        ({ mounts: own, name, start }) => [name, { commands: { start }, mounts: describeMounts(own) }] as const,
      ),
    ),
  }
}

function hooksOf({ hooks }: Record<string, unknown>): object {
  return typeof hooks === 'object' && hooks !== null ? hooks : {}
}

function describeMounts(mounts: readonly MountSpec[]): Record<string, unknown> {
  const names = { instance: 'instance', shared: 'local', tmp: 'tmp' } as const
  return Object.fromEntries(
    mounts.map(({ path, source, sourcePath }) => [path, { source: names[source], source_path: sourcePath }]),
  )
}

function describeLocations(locations: Readonly<Record<string, LocationSpec>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(locations).map(([path, { expiresMs, ...location }]) => [
      path,
      { ...location, expires: expiresMs < 0 ? -1 : expiresMs / 1000 },
    ]),
  )
}

/** Address -> what answers there. */
function describeRoutes({ hosts, spec, urls }: Release): Record<string, unknown> {
  return Object.fromEntries(
    spec.routes.flatMap(route => {
      const { host: pattern, id = null, path, target } = route
      const own = hosts.filter(host => host.pattern === pattern)
      const reached = urls.filter(url => {
        const { hostname, pathname, port } = new URL(url)
        return pathname === path && own.some(host => host.host === hostname || String(host.port) === port)
      })
      const scheme = route.scheme === 'https' ? 'https' : 'http'
      return reached.map(url => [
        url,
        {
          attributes: {},
          id,
          original_url: `${scheme}://${pattern}${path}`,
          primary: url === urls[0],
          ...(target.kind === 'application'
            ? { type: 'upstream', upstream: target.application }
            : { to: target.to, type: 'redirect' }),
        },
      ])
    }),
  )
}

function base64Json(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
