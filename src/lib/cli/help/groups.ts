export interface HelpGroup {
  readonly title: string
  /** First words of commands and topics, in the order in which they are needed. */
  readonly names: readonly string[]
}

/** What people want to do, in the order of `aloft help`. */
const GROUPS: readonly HelpGroup[] = [
  { names: ['deploy', 'rollback', 'open', 'link'], title: 'Deploy' },
  { names: ['list', 'services', 'activities', 'logs'], title: 'Look' },
  { names: ['scale', 'restart', 'variables', 'shell', 'exec'], title: 'Change what runs' },
  { names: ['db', 'tunnel', 'backup', 'restore', 'volumes'], title: 'Data' },
  { names: ['projects', 'environments'], title: 'Projects' },
  { names: ['login', 'logout', 'whoami', 'tokens', 'audit'], title: 'Accounts' },
  { names: ['platform', 'config', 'doctor', 'completion'], title: 'This machine' },
  { names: ['help', 'explain'], title: 'Help' },
]

/** What is in no group. */
export const OTHER = 'Other'

/** The groups with those of their names that there are; names in no group come last. */
export function groupNames(names: readonly string[]): readonly HelpGroup[] {
  const grouped = GROUPS.map(group => ({ ...group, names: group.names.filter(name => names.includes(name)) }))
  const others = names.filter(name => !GROUPS.some(group => group.names.includes(name)))
  return [...grouped, { names: others, title: OTHER }].filter(group => group.names.length > 0)
}
