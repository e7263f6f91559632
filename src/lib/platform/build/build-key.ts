import { hash } from 'node:crypto'
import type { ApplicationSpec } from '../../config/environment-spec.ts'
import type { BuildRequest } from './build-request.ts'

/** Grows when a newer builder makes something else of the same inputs. */
const BUILDER_VERSION = 1

/**
 * The id of a build, from all that its artifact depends on: the same inputs give the same id. Everything else of an
 * application (hooks of deploy, web, crons, scale…) never causes a build.
 */
export function buildKey(
  request: BuildRequest,
  made: { readonly subtree: string; readonly runtimes: readonly string[] },
): string {
  const { application, format, project, variables } = request
  const text = canonicalJson({
    application: buildRelevant(application),
    builder: BUILDER_VERSION,
    isDetected: format === 'detected',
    isDocumentedNpm: installsAsDocumented(format),
    mountPoints: mountPoints(application),
    prefix: application.variablesPrefix,
    project,
    runtimes: made.runtimes,
    subtree: made.subtree,
    variables,
  })
  return `bld_${hash('sha256', text, 'hex').slice(0, 24)}`
}

/** The Platform.sh family documents `npm install`; elsewhere a lock file is binding. */
export function installsAsDocumented(format: BuildRequest['format']): boolean {
  return format === 'platformsh' || format === 'magento' || format === 'upsun'
}

/** What a build may know of its application: the `APPLICATION` variable at build time, without run-time keys. */
export function buildRelevant({ build, name, root, runtime }: ApplicationSpec): Record<string, unknown> {
  const { dependencies, flavor, hook, variables } = build
  return {
    build: { flavor },
    dependencies,
    hooks: hook === undefined ? {} : { build: hook },
    name,
    source: { root },
    type: runtime.version === undefined ? runtime.name : `${runtime.name}:${runtime.version}`,
    variables: { env: variables },
  }
}

/** Directories that instances find replaced by volumes, sorted, relative to the application's root. */
export function mountPoints({ mounts, workers }: ApplicationSpec): string[] {
  const paths = [...mounts, ...workers.flatMap(worker => worker.mounts)].map(({ path }) => path)
  return [...new Set(paths)].toSorted()
}

/** JSON with the keys of objects in order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
