import type { ApplicationSpec, ConfigFormat } from '../../config/environment-spec.ts'
import type { Build } from '../../core/model.ts'

/** What is built: one application of one source tree. */
export interface BuildRequest {
  /** The project's id: whose caches are used, and who may reuse the artifact. */
  readonly project: string
  /** The project's name, as `PROJECT` variables say it. */
  readonly projectName: string
  /** Digest of the source tree. */
  readonly tree: string
  readonly application: ApplicationSpec
  /** The format decides how the `npm` flavour installs. */
  readonly format: ConfigFormat
  /** Build-visible variables of project and environment: they win over the file's. */
  readonly variables: Readonly<Record<string, string>>
}

export interface BuildResult {
  readonly build: Build
  /** Directories to put before the base PATH, relative to the artifact's root or absolute: `LaunchSpec.path`. */
  readonly path: readonly string[]
  /** True: there was an artifact of the same inputs already. */
  readonly reused: boolean
  readonly warnings: readonly string[]
}

export interface BuildLine {
  readonly at: string
  /** The step that printed it, e.g. `npm`, `hook`. */
  readonly step: string
  /** `note`: said by the builder itself. */
  readonly stream: 'stdout' | 'stderr' | 'note'
  readonly text: string
}

export interface BuildOptions {
  /** Aborting ends the running command and removes what was made. */
  readonly signal: AbortSignal
  readonly onLine: (line: BuildLine) => void
}
