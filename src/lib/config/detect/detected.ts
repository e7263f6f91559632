import type { BuildSpec, LocationSpec, RuntimeSpec, WebSpec } from '../environment-spec.ts'
import type { Findings } from '../findings.ts'
import { inDirectory, type Tree } from '../tree.ts'

/** What a directory turned out to be. */
export interface Detected {
  readonly runtime: RuntimeSpec
  readonly build: Pick<BuildSpec, 'flavor' | 'hook'>
  /** Absent: only files are served, from `publicDirectory`. */
  readonly start?: string | undefined
  /** Directory of static files, relative to the application's root. */
  readonly publicDirectory?: string | undefined
}

/** A directory under detection. */
export interface Candidate {
  readonly tree: Tree
  readonly root: string
  readonly findings: Findings
  has(name: string): boolean
  text(name: string): Promise<string | undefined>
}

export function createCandidate(tree: Tree, root: string, findings: Findings): Candidate {
  return {
    findings,
    has: name => tree.has(inDirectory(root, name)),
    root,
    text: name => tree.text(inDirectory(root, name), findings),
    tree,
  }
}

const NO_RULES: Omit<LocationSpec, 'passthru'> = {
  allow: true,
  expiresMs: -1,
  headers: {},
  index: [],
  rules: {},
  scripts: false,
}

/** Requests go to the application, or to its files where nothing is started. */
export function detectedWeb(start: string | undefined, publicDirectory: string | undefined, port?: number): WebSpec {
  const location: LocationSpec =
    start === undefined
      ? { ...NO_RULES, index: ['index.html'], passthru: false, root: publicDirectory ?? '.' }
      : { ...NO_RULES, passthru: true }
  return { commands: { start }, locations: { '/': location }, port, protocol: 'http', socketFamily: 'tcp' }
}
