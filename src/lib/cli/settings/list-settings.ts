import type { Runtime } from '../runtime.ts'
import { SETTINGS } from './definitions.ts'
import { explainSettings, type Origin } from './explain-settings.ts'

export interface ListedSetting {
  readonly key: string
  readonly value: string
  readonly source: Origin['source']
  readonly variable: string
  readonly description: string
}

/** All settings with the values that hold. */
export function listSettings({ environment, settings }: Runtime): ListedSetting[] {
  const explanations = explainSettings(settings, environment)
  return SETTINGS.map(({ description, key, variable }, index) => {
    const { source = 'default', value = '' } = explanations[index]?.origins[0] ?? {}
    return { description, key, source, value, variable }
  })
}
