import { applyEdits, modify } from 'jsonc-parser'
import { AppError } from '../../core/errors.ts'
import { nearestNames } from '../../core/nearest.ts'
import type { PlannedStep } from '../plan/change-plan.ts'
import { allowedValues, findSetting, parseValue, type Setting, SETTINGS, type SettingValue } from './definitions.ts'

/** A key and its new value; without one it is removed. */
export interface SettingChange {
  readonly key: string
  readonly value?: SettingValue | undefined
}

/** `KEY=VALUE`. @throws usage.setting naming what is allowed */
export function parseAssignment(text: string): SettingChange {
  const [key = '', ...rest] = text.split('=')
  const setting = requireSetting(key)
  if (rest.length === 0) {
    throw new AppError('usage.setting', `write ${key}=VALUE, where VALUE is ${allowedValues(setting)}`)
  }
  const value = parseValue(setting, rest.join('='))
  if (value !== undefined) return { key, value }
  throw new AppError('usage.setting', `${key} takes ${allowedValues(setting)}, not "${rest.join('=')}"`, {
    details: { key, values: setting.values },
    suggestions: (setting.values ?? []).map(each => `aloft config set ${key}=${each}`),
  })
}

/** @throws usage.setting with the nearest keys */
export function requireSetting(key: string): Setting {
  const setting = findSetting(key)
  if (setting) return setting
  const keys = SETTINGS.map(each => each.key)
  const nearest = nearestNames(key, keys)
  throw new AppError('usage.setting', `there is no setting "${key}" (there is: ${keys.join(', ')})`, {
    details: { nearest },
    suggestions: nearest,
  })
}

/** What would change in the file; nothing for what is so already. */
export function planSettings(
  values: ReadonlyMap<string, SettingValue>,
  changes: readonly SettingChange[],
): PlannedStep[] {
  return changes.flatMap(({ key, value }) => {
    const [from, to] = [values.get(key), value].map(each => (each === undefined ? undefined : String(each)))
    return from === to ? [] : [{ action: to === undefined ? 'unset' : 'set', from, kind: 'setting', name: key, to }]
  })
}

/**
 * Keeps the file's order and layout, and what others change meanwhile.
 * @throws usage.setting when the file is broken: it is not written over; usage.home, failed.disk-full, conflict.busy
 */
export async function changeSettings(file: string, changes: readonly SettingChange[]): Promise<void> {
  const { changeUserFile } = await import('../../providers/user-file.ts')
  await changeUserFile(file, (before = '{}\n') => {
    if (!isObject(before)) {
      throw new AppError('usage.setting', `${file} is not JSON, and is not written over`, {
        suggestions: [`mend or remove ${file}`],
      })
    }
    const formattingOptions = { insertSpaces: true, tabSize: 2 }
    const text = changes.reduce(
      (written, { key, value }) => applyEdits(written, modify(written, [key], value, { formattingOptions })),
      before,
    )
    return text.endsWith('\n') ? text : `${text}\n`
  })
}

/** As it is read: without comments. */
function isObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  } catch {
    return false
  }
}
