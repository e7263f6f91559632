import { Flags } from '@oclif/core'

/** Shared flags: the same letter, word and environment variable everywhere. */
export const targetFlags = {
  environment: Flags.string({
    char: 'e',
    description: 'environment name',
    env: 'ALOFT_ENVIRONMENT',
    helpValue: 'NAME',
  }),
  project: Flags.string({ char: 'p', description: 'project name', env: 'ALOFT_PROJECT', helpValue: 'NAME' }),
}

export const projectFlag = { project: targetFlags.project }

export const serviceFlag = {
  service: Flags.string({ char: 's', description: 'service name', env: 'ALOFT_SERVICE', helpValue: 'NAME' }),
}

/** `-s`, again for more. */
export const servicesFlag = {
  service: Flags.string({
    char: 's',
    description: 'only this service (again for more)',
    helpValue: 'NAME',
    multiple: true,
  }),
}

/** For commands that start an activity. */
export const followFlags = {
  'no-wait': Flags.boolean({ description: 'print the id of the activity and do not follow it' }),
  timeout: Flags.string({ description: 'stop waiting after this time, e.g. 10m (exit code 8)', helpValue: 'DURATION' }),
}

export const junitFlag = {
  junit: Flags.string({
    description: 'write a JUnit report with a test case for each phase',
    exclusive: ['dry-run', 'no-wait'],
    helpValue: 'FILE',
  }),
}

/** For every command that changes something. */
export const dryRunFlag = {
  'dry-run': Flags.boolean({ description: 'check it, print what would be done and change nothing' }),
}

export const confirmFlag = {
  confirm: Flags.string({ description: 'the name once more, instead of the question', helpValue: 'NAME' }),
}

export const lastBackupFlag = {
  'no-backup': Flags.boolean({ description: 'without a last backup: then the data is gone' }),
}

/** For what replaces data. */
export const safetyBackupFlag = {
  'no-backup': Flags.boolean({
    aliases: ['no-safety-backup'],
    description: 'without a safety backup: then there is no way back',
  }),
}
