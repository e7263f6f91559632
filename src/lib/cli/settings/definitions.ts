/** Something a user can set once instead of with each command. */
export interface Setting {
  readonly key: string
  /** The environment variable that says the same and goes first. */
  readonly variable: string
  readonly description: string
  readonly kind: 'boolean' | 'choice' | 'list' | 'text'
  /** Of a choice. */
  readonly values?: readonly string[]
  /** What holds where nothing is set, in words. */
  readonly otherwise: string
}

export type SettingValue = boolean | string | readonly string[]

/** In alphabetical order. */
export const SETTINGS: readonly Setting[] = [
  {
    description: 'no spinners, no boxes, questions as numbered lists',
    key: 'accessible',
    kind: 'boolean',
    otherwise: 'false',
    variable: 'ALOFT_ACCESSIBLE',
  },
  {
    description: 'file of certificates (PEM) to trust beside the usual ones',
    key: 'ca-file',
    kind: 'text',
    otherwise: 'none',
    variable: 'ALOFT_CA_FILE',
  },
  {
    description: 'where credentials are kept',
    key: 'credential-store',
    kind: 'choice',
    otherwise: 'the keychain, or an encrypted file where there is none',
    values: ['keychain', 'file'],
    variable: 'ALOFT_CREDENTIAL_STORE',
  },
  {
    description: 'packages with further providers',
    key: 'provider-packages',
    kind: 'list',
    otherwise: 'none',
    variable: 'ALOFT_PROVIDER_PACKAGES',
  },
]

export function findSetting(key: string): Setting | undefined {
  return SETTINGS.find(setting => setting.key === key)
}

/** As it stands in the variable. */
export function toVariable(value: SettingValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'string' ? value : value.join(',')
}

/** What is allowed, in words. */
export function allowedValues({ kind, values = [] }: Setting): string {
  if (kind === 'boolean') return 'true or false'
  if (kind === 'choice') return values.join(' or ')
  return kind === 'list' ? 'texts separated by commas' : 'a text'
}

/** The value of a setting as it stands in the file; undefined when it is not one. */
export function readValue({ kind, values = [] }: Setting, value: unknown): SettingValue | undefined {
  if (kind === 'boolean') return typeof value === 'boolean' ? value : undefined
  if (kind === 'list') return isTexts(value) ? value : undefined
  if (typeof value !== 'string' || value === '') return undefined
  return kind === 'choice' && !values.includes(value) ? undefined : value
}

/** The value of a setting as it is typed; undefined when it is not one. */
export function parseValue(setting: Setting, text: string): SettingValue | undefined {
  if (setting.kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined
  if (setting.kind !== 'list') return readValue(setting, text)
  const items = text.split(',').map(item => item.trim())
  return items.includes('') ? undefined : items
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string' && item !== '')
}
