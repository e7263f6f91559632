import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { userDirectories } from '../completion/user-directories.ts'
import { nearestNames } from '../../core/nearest.ts'
import { allowedValues, findSetting, readValue, SETTINGS, type SettingValue, toVariable } from './definitions.ts'

/** What the user's settings file says. */
export interface Settings {
  readonly file: string
  readonly values: ReadonlyMap<string, SettingValue>
  /** What is wrong with the file, with its line: those settings are ignored. */
  readonly problems: readonly string[]
  /** The file's text, where it is no JSON: none of its settings hold. */
  readonly broken?: string | undefined
  /** Keys that are in force because no environment variable says otherwise. */
  readonly applied: ReadonlySet<string>
}

const known = new WeakMap<NodeJS.ProcessEnv, Settings>()

/**
 * Reads `config.json` of the user and puts its values into the environment, where no variable of that name is set: from
 * there commands and their flags read them. Once for each environment. Never throws: a broken file is a problem, not an end.
 */
export function applySettings(environment: NodeJS.ProcessEnv): Settings {
  const before = known.get(environment)
  if (before) return before
  const settings = readSettings(environment)
  const applied = new Set<string>()
  for (const { key, variable } of SETTINGS) {
    const value = settings.values.get(key)
    if (value === undefined || environment[variable] !== undefined) continue
    environment[variable] = toVariable(value)
    applied.add(key)
  }
  const result = { ...settings, applied }
  known.set(environment, result)
  return result
}

function readSettings(environment: NodeJS.ProcessEnv): Omit<Settings, 'applied'> {
  const file = join(userDirectories(environment).config, 'config.json')
  const text = readIfThere(file)
  if (typeof text !== 'string')
    return { file, problems: text ? [`${file} cannot be read: ${text.code}`] : [], values: new Map() }
  return { file, ...parseSettings(text, file) }
}

function parseSettings(text: string, file: string): Pick<Settings, 'broken' | 'problems' | 'values'> {
  const values = new Map<string, SettingValue>()
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { broken: text, problems: [], values }
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { problems: [`${file}, line 1: an object of settings is expected`], values }
  }
  const problems = Object.entries(parsed).flatMap(([key, value]) => {
    const setting = findSetting(key)
    const read = setting && readValue(setting, value)
    if (read !== undefined) values.set(key, read)
    return read === undefined ? [`${file}, line ${lineOf(key, text)}: ${problemWith(key)}`] : []
  })
  return { problems, values }
}

function problemWith(key: string): string {
  const setting = findSetting(key)
  if (setting) return `"${key}" takes ${allowedValues(setting)}`
  const [near] = nearestNames(
    key,
    SETTINGS.map(each => each.key),
  )
  return `there is no setting "${key}"${near === undefined ? '' : `; did you mean "${near}"?`}`
}

/** From 1. */
export function lineOf(key: string, text: string): number {
  return text.slice(0, Math.max(0, text.indexOf(JSON.stringify(key)))).split('\n').length
}

/** Undefined when there is none; the system's code when it cannot be read. */
function readIfThere(file: string): string | { readonly code: string } | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    return error.code === 'ENOENT' ? undefined : { code: String(error.code) }
  }
}
