import { readFileSync } from 'node:fs'
import { SETTINGS } from './definitions.ts'
import { lineOf, type Settings } from './settings-file.ts'

/** One place that says something; the first of a list is the one that holds. */
export interface Origin {
  /** `flag`, `variable`, `link`, `account`, `file` or `default`. */
  readonly source: 'account' | 'default' | 'file' | 'flag' | 'link' | 'variable'
  /** The flag, the variable's name, the file with its line. */
  readonly place?: string | undefined
  readonly value: string
}

export interface Explanation {
  readonly key: string
  /** The one that holds; absent where nothing says anything. */
  readonly value?: string | undefined
  /** Those that say something, the strongest first. */
  readonly origins: readonly Origin[]
}

/** Of each setting. */
export function explainSettings(settings: Settings, environment: NodeJS.ProcessEnv): Explanation[] {
  return SETTINGS.map(({ key, otherwise, variable }) => {
    const own = settings.applied.has(key) ? undefined : environment[variable]
    const written = settings.values.get(key)
    return explain(key, [
      own === undefined ? undefined : { place: variable, source: 'variable', value: own },
      written === undefined
        ? undefined
        : { place: placeOf(key, settings.file), source: 'file', value: String(written) },
      { source: 'default', value: otherwise },
    ])
  })
}

export function explain(key: string, candidates: readonly (Origin | undefined)[]): Explanation {
  const origins = candidates.filter(origin => origin !== undefined)
  return { key, origins, value: origins[0]?.value }
}

function placeOf(key: string, file: string): string {
  return `${file}:${lineOf(key, readFileSync(file, 'utf8'))}`
}
