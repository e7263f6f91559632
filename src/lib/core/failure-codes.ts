import type { ErrorExplanation } from './error-explanation.ts'

/** What was asked for ran and failed. */
export const failureCodes = {
  'failed.build': { summary: 'The build ran and failed.', remedy: 'Read its log: `aloft activities log ID`.' },
  'failed.tool-missing': {
    summary: 'A program that the build or the application needs is not installed.',
    remedy: 'Install it as the message says.',
  },
  'failed.hook': { summary: 'A hook ran and failed.', remedy: 'Read its log: `aloft activities log ID`.' },
  'failed.start': { summary: 'An instance did not start.', remedy: 'Read `aloft logs`.' },
  'failed.health': {
    summary: 'The release never became healthy; the one before it goes on serving.',
    remedy: 'Read `aloft logs`.',
  },
  'failed.deploy': { summary: 'The deployment failed.', remedy: 'Read its log: `aloft activities log ID`.' },
  'failed.disk-full': { summary: 'The disk is full.', remedy: 'Free some space, then repeat.' },
  'failed.interrupted': {
    summary: 'The platform was stopped in the middle and could not take the work up again.',
    remedy: 'Repeat it.',
  },
  'failed.isolation': {
    summary: 'Instances cannot be isolated as promised.',
    remedy: 'Install bubblewrap, or set ALOFT_HOME to a directory that other users may enter.',
  },
  'failed.cancelled': { summary: 'Somebody cancelled it.', remedy: 'Repeat it when you are ready.' },
  'failed.source-changed': {
    summary: 'Files changed while they were being read.',
    remedy: 'Deploy again when nothing writes to the directory.',
  },
  'failed.dump': {
    summary: 'A service could not be dumped.',
    remedy: "Read the activity's log: `aloft activities log ID`.",
  },
  'failed.restore': { summary: 'A restore failed.', remedy: 'Read its log: it says what state the target is in.' },
  'failed.verify': {
    summary: 'A backup is not what it says.',
    remedy: 'Make another one, and restore from an older one.',
  },
  'failed.volume': {
    summary: 'Files of a volume could not be read or written.',
    remedy: 'Repeat it: only what is missing is sent again.',
  },
  'failed.cron': { summary: 'A cron command failed.', remedy: 'Read its log: `aloft activities log ID`.' },
  'failed.audit': {
    summary: 'The record of calls was changed after it was written.',
    remedy: 'Compare the file named in the message with a copy from a backup.',
  },
  'failed.doctor': { summary: 'A check failed.', remedy: 'Follow the fix named beside it.' },
} as const satisfies Record<string, ErrorExplanation>
