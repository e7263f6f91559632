/** What a value names. The first ones live in the cloud and are remembered from the lists that commands fetched. */
export const LIVE_KINDS = [
  'activities',
  'backups',
  'databases',
  'environments',
  'instances',
  'managed-services',
  'projects',
  'services',
  'variables',
  'volumes',
] as const
export type LiveKind = (typeof LIVE_KINDS)[number]
export type Kind =
  | LiveKind
  | 'accounts'
  | 'commands'
  | 'directories'
  | 'files'
  | 'providers'
  | 'error-codes'
  | 'settings'

interface Rule {
  readonly kind: Kind
  readonly suffix?: string
}

/** Flags mean the same in every command, but for those of `FLAGS_OF_COMMANDS`. */
const FLAGS: Readonly<Record<string, Rule>> = {
  account: { kind: 'accounts' },
  environment: { kind: 'environments' },
  instance: { kind: 'instances' },
  parent: { kind: 'environments' },
  project: { kind: 'projects' },
  provider: { kind: 'providers' },
  service: { kind: 'services' },
}

const FLAGS_OF_COMMANDS: Readonly<Record<string, Rule>> = {
  'db dump --service': { kind: 'databases' },
  'db shell --service': { kind: 'databases' },
}

const BY_HELP_VALUE: Readonly<Record<string, Rule>> = {
  DIRECTORY: { kind: 'directories' },
  FILE: { kind: 'files' },
}

/** By command and argument; `...` is what a command takes any number of. */
const ARGUMENTS: Readonly<Record<string, Rule>> = {
  'activities answer id': { kind: 'activities' },
  'activities cancel id': { kind: 'activities' },
  'activities log id': { kind: 'activities' },
  'activities show id': { kind: 'activities' },
  'backup delete backup': { kind: 'backups' },
  'backup download backup': { kind: 'backups' },
  'backup show backup': { kind: 'backups' },
  'backup upload file': { kind: 'files' },
  'backup verify backup': { kind: 'backups' },
  'config get key': { kind: 'settings' },
  'config set ...': { kind: 'settings', suffix: '=' },
  'config unset key': { kind: 'settings' },
  'db dump service': { kind: 'databases' },
  'db shell service': { kind: 'databases' },
  'db tunnel service': { kind: 'databases' },
  'deploy path': { kind: 'directories' },
  'environments delete name': { kind: 'environments' },
  'environments pause name': { kind: 'environments' },
  'environments resume name': { kind: 'environments' },
  'environments sync name': { kind: 'environments' },
  'environments show name': { kind: 'environments' },
  'exec service': { kind: 'services' },
  'explain code': { kind: 'error-codes' },
  'help ...': { kind: 'commands' },
  'login use account': { kind: 'accounts' },
  'logs ...': { kind: 'services' },
  'projects delete name': { kind: 'projects' },
  'projects show name': { kind: 'projects' },
  'restore backup': { kind: 'backups' },
  'restart ...': { kind: 'services' },
  'scale ...': { kind: 'services', suffix: '=' },
  'shell service': { kind: 'services' },
  'tunnel service': { kind: 'managed-services' },
  'variables set ...': { kind: 'variables', suffix: '=' },
  'variables unset ...': { kind: 'variables' },
  'volumes download volume': { kind: 'volumes' },
  'volumes upload directory': { kind: 'directories' },
  'volumes upload volume': { kind: 'volumes' },
}

/** What the value of a command's flag names; undefined for free text. `command` in words. */
export function ruleOfFlag(
  command: string,
  { helpValue, name }: { name: string; helpValue?: string | undefined },
): Rule | undefined {
  return FLAGS_OF_COMMANDS[`${command} --${name}`] ?? FLAGS[name] ?? BY_HELP_VALUE[helpValue ?? '']
}

/** What an argument of a command names; undefined for free text. `command` in words. */
export function ruleOfArgument(command: string, name: string): Rule | undefined {
  return ARGUMENTS[`${command} ${name}`]
}
