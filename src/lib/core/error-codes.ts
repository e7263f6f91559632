import { failureCodes } from './failure-codes.ts'
import type { ErrorExplanation } from './error-explanation.ts'

export type { ErrorExplanation } from './error-explanation.ts'

/**
 * Every code there is. The first word decides the exit code (design 3.3) and the HTTP status; `docs/errors.md` lists
 * each of them (checked by a test).
 */
export const errorCodes = {
  internal: {
    summary: 'An error nobody expected: a defect of aloft.',
    remedy: 'Run again with --debug and report the output.',
  },
  'internal.output': {
    summary: 'What was to be printed could not be written.',
    remedy: 'Free some space where stdout goes, or send it elsewhere.',
  },
  'usage.flag': {
    summary: 'A flag or argument is missing, unknown or out of range.',
    remedy: "See the command's --help.",
  },
  'usage.command': { summary: 'There is no such command.', remedy: 'See `aloft help`.' },
  'usage.input-required': {
    summary: 'An answer is needed and there is no terminal to ask on.',
    remedy: 'Pass the flag named in the message.',
  },
  'usage.confirmation': { summary: 'The confirmation does not match.', remedy: 'Pass --confirm with the exact name.' },
  'usage.query': {
    summary: 'The expression of --query cannot be read or does not fit the result.',
    remedy: 'Write JMESPath as `aloft help formatting` shows.',
  },
  'usage.name': {
    summary: 'A name is not valid or is reserved.',
    remedy: 'Use lower-case letters, digits and dashes.',
  },
  'usage.formation': {
    summary: 'A scale expression cannot be read.',
    remedy: 'Write service=count[:Ncpu][:NMB], service+N or service-N.',
  },
  'usage.time': {
    summary: 'A time cannot be read.',
    remedy: 'Use an ISO 8601 time, "10m", "2h ago" or "yesterday at 9pm".',
  },
  'usage.schedule': {
    summary: 'A schedule cannot be read.',
    remedy: 'Write five fields: minute, hour, day, month, day of week; and a time zone such as Europe/Madrid.',
  },
  'usage.volume-path': {
    summary: 'Something is in the way of the files of a volume.',
    remedy: 'Remove what the message names, or choose another directory.',
  },
  'usage.variable': {
    summary: 'A variable assignment cannot be read.',
    remedy: 'Write KEY=VALUE, KEY=- (stdin) or KEY=@file; secrets never as KEY=VALUE.',
  },
  'usage.source': {
    summary: 'The directory cannot be deployed.',
    remedy: 'Run in a project directory: not a home directory, not /, not empty.',
  },
  'usage.home': {
    summary: 'The directory for what belongs to you cannot be written.',
    remedy: 'Set ALOFT_HOME to a directory that you may write.',
  },
  'usage.setting': {
    summary: 'A setting is unknown, its value is not allowed, or the settings file is broken.',
    remedy: 'See `aloft config` for the settings and their values.',
  },
  'usage.config': {
    summary: 'A project file has errors.',
    remedy: 'Fix the places listed: file, line, column and what is allowed.',
  },
  'usage.config-unsupported': {
    summary: 'A project file asks for something this platform does not have yet.',
    remedy: 'Remove the keys named in the message, or deploy to a cloud that has it.',
  },
  'usage.proxy': {
    summary: 'A variable names a proxy that cannot be used.',
    remedy: 'Write http://HOST:PORT or https://HOST:PORT into HTTPS_PROXY, HTTP_PROXY or ALL_PROXY.',
  },
  'usage.certificates': {
    summary: 'A file of trusted certificates cannot be read.',
    remedy: 'Let ALOFT_CA_FILE or SSL_CERT_FILE name a file of certificates in PEM, or unset it.',
  },
  'usage.request': {
    summary: 'The server could not read the request.',
    remedy: 'Client and platform may be of different versions: see `aloft platform status`.',
  },
  'auth.required': { summary: 'You are not logged in.', remedy: 'Run `aloft login`.' },
  'auth.invalid': { summary: 'The credentials were refused or have expired.', remedy: 'Run `aloft login` again.' },
  'auth.forbidden': {
    summary: 'The account may not do this.',
    remedy: 'Ask the owner for access, or use another account.',
  },
  'auth.keychain-locked': {
    summary: "The operating system's keychain is locked.",
    remedy: 'Unlock it, or set ALOFT_CREDENTIAL_STORE=file.',
  },
  'auth.keychain-denied': {
    summary: "The operating system's keychain denies access.",
    remedy: 'Allow it in the settings of the keychain, or set ALOFT_CREDENTIAL_STORE=file.',
  },
  'auth.keychain-timeout': {
    summary: "The operating system's keychain does not answer.",
    remedy: 'See whether it waits for you in a window; restart it, or set ALOFT_CREDENTIAL_STORE=file.',
  },
  'auth.keychain-absent': {
    summary: 'The credential should lie in a keychain, and there is none here.',
    remedy: 'Run it in the session that logged in, or log in here with ALOFT_CREDENTIAL_STORE=file.',
  },
  'auth.keychain-failed': {
    summary: "The operating system's keychain refused a call.",
    remedy: 'Look into the keychain, or set ALOFT_CREDENTIAL_STORE=file.',
  },
  'auth.login-denied': {
    summary: 'The login was refused: by a person, or by the authorization server.',
    remedy: 'Log in again, or ask who runs the server.',
  },
  'auth.login-timeout': { summary: 'Nobody finished the login in time.', remedy: 'Run `aloft login` again.' },
  'auth.token-command': {
    summary: 'The command that should print the token did not.',
    remedy: 'Run the command by hand; log in again with another one.',
  },
  'auth.credential-file': {
    summary: 'The encrypted file of credentials cannot be read.',
    remedy: 'Put back the file and its key, or remove both and log in again.',
  },
  'auth.proxy': {
    summary: 'The proxy asks for a user name and a password, or refuses those it got.',
    remedy: 'Write them into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT, each percent-encoded.',
  },
  'not-found.project': { summary: 'There is no such project.', remedy: 'See `aloft projects`.' },
  'not-found.environment': { summary: 'There is no such environment.', remedy: 'See `aloft environments`.' },
  'not-found.service': { summary: 'There is no such service in this environment.', remedy: 'See `aloft services`.' },
  'not-found.instance': { summary: 'There is no such running instance.', remedy: 'See `aloft services`.' },
  'not-found.activity': { summary: 'There is no such activity.', remedy: 'See `aloft activities`.' },
  'not-found.backup': { summary: 'There is no such backup.', remedy: 'See `aloft backup list`.' },
  'not-found.upload': {
    summary: 'There is no such upload: it is finished, was given up or rested for a day.',
    remedy: 'Upload the file again.',
  },
  'not-found.volume': { summary: 'There is no such volume in this environment.', remedy: 'See `aloft volumes`.' },
  'not-found.deployment': { summary: 'There is no such deployment.', remedy: 'See `aloft activities --type deploy`.' },
  'not-found.build': { summary: 'There is no such build.', remedy: 'Deploy from source once.' },
  'not-found.source': { summary: 'There is no such source revision or tree.', remedy: 'Deploy from a directory.' },
  'not-found.variable': { summary: 'There is no such variable.', remedy: 'See `aloft variables`.' },
  'not-found.account': { summary: 'There is no such account.', remedy: 'See `aloft whoami`.' },
  'not-found.file': { summary: 'There is no such file or directory.', remedy: 'Check the path.' },
  'not-found.route': {
    summary: 'The environment has no address to open.',
    remedy: 'Deploy an application with a route first.',
  },
  'not-found.endpoint': {
    summary: 'The server has no such call.',
    remedy: 'Client and platform may be of different versions: see `aloft platform status`.',
  },
  'not-found.code': { summary: 'There is no such error code.', remedy: 'See docs/errors.md.' },
  'conflict.exists': { summary: 'Something of that name is there already.', remedy: 'Choose another name.' },
  'conflict.service-type': {
    summary: 'A managed service of that name holds data of another type.',
    remedy: 'Give the new service another name; remove the old one once its data is no longer needed.',
  },
  'conflict.service-version': {
    summary:
      'The data of a service was made by a version of its program that is not installed, and the installed one cannot use it.',
    remedy:
      'Install that version again. To move on: back up with it, deploy a new service of the new version, and restore with `--rename-service OLD=NEW`.',
  },
  'conflict.busy': { summary: 'Another change is running.', remedy: 'Wait for it, or cancel it.' },
  'conflict.volume-in-use': {
    summary: 'Something that runs, or should run, mounts the volume.',
    remedy: 'Pause the environment, or remove what mounts it, then repeat.',
  },
  'conflict.changed': { summary: 'It was changed meanwhile.', remedy: 'Look again, then repeat.' },
  'conflict.offset': {
    summary: 'An upload is elsewhere than where bytes were sent for.',
    remedy: 'Ask how far it is, and go on from there.',
  },
  'conflict.last-backup': {
    summary: 'It is the last good backup of its environment.',
    remedy: 'Make another one first, or pass --confirm with its id.',
  },
  'conflict.finished': { summary: 'The activity is finished already.', remedy: 'See `aloft activities show`.' },
  'conflict.not-waiting': {
    summary: 'The activity is not waiting for that answer.',
    remedy: 'See `aloft activities show`.',
  },
  'conflict.too-late': { summary: 'It can no longer be cancelled.', remedy: 'Wait for it to finish, then roll back.' },
  'conflict.not-deployed': { summary: 'Nothing is deployed there yet.', remedy: 'Run `aloft deploy` first.' },
  'conflict.no-data': {
    summary: 'There is nothing to back up: neither databases nor volumes, or none of those that were asked for.',
    remedy: 'Deploy first, or leave out `--only`.',
  },
  'conflict.no-parent': {
    summary: 'The environment has no parent to take anything from.',
    remedy: 'Make one with `aloft environments create NAME --parent PARENT`.',
  },
  'conflict.paused': {
    summary: 'The environment is paused: its data is kept, and nothing of it runs.',
    remedy: 'Run `aloft environments resume`, or deploy.',
  },
  'conflict.has-children': {
    summary: 'Other environments have this one as their parent.',
    remedy: 'Delete those first.',
  },
  'conflict.platform-version': {
    summary: 'A platform of another version is running.',
    remedy: 'Run `aloft platform stop`, then repeat.',
  },
  'conflict.platform-running': { summary: 'A platform is running already.', remedy: 'See `aloft platform status`.' },
  'conflict.port-taken': {
    summary: 'A port is in use by another program.',
    remedy: 'Stop that program or choose another port.',
  },
  ...failureCodes,
  'pending.deadline': {
    summary: 'It is still running, or waiting for an answer; only the waiting ended.',
    remedy: 'Follow it: `aloft activities log ID`.',
  },
  'pending.answer': {
    summary: 'It waits for an answer, and there is no terminal to ask on.',
    remedy: 'Answer it: `aloft activities answer ID ANSWER`.',
  },
  'unsupported.part': { summary: 'This provider does not offer that.', remedy: 'Do what the message says instead.' },
  'unsupported.option': {
    summary: 'This provider does not offer that option.',
    remedy: 'Leave it out, or do what the message says instead.',
  },
  'unsupported.login': {
    summary: 'The address offers no login of that kind.',
    remedy: 'Make a token there and pass it with --token-stdin, or use --token-command.',
  },
  'unsupported.platform': {
    summary: 'This operating system cannot do that.',
    remedy: 'Use Linux (or WSL2 on Windows).',
  },
  'unavailable.network': {
    summary: 'The server could not be reached.',
    remedy: 'Check the address and the network, then repeat.',
  },
  'unavailable.timeout': { summary: 'The server did not answer in time.', remedy: 'Repeat.' },
  'unavailable.tls': {
    summary: 'The connection is encrypted by somebody this machine does not trust.',
    remedy: 'Name a file with the authority of your company in ALOFT_CA_FILE, or check the address.',
  },
  'unavailable.proxy': {
    summary: 'The proxy cannot be reached or does not let the request pass.',
    remedy: 'Check HTTPS_PROXY and ALL_PROXY; name hosts that need no proxy in NO_PROXY.',
  },
  'unavailable.answer': {
    summary: 'The server answered with something that is not its API.',
    remedy: 'Check the address; a proxy or a log-in page may have answered instead.',
  },
  'unavailable.busy': { summary: 'The server is busy or limits the rate.', remedy: 'Repeat later.' },
  'unavailable.platform': {
    summary: 'The embedded platform does not answer or does not start.',
    remedy: 'See `aloft platform status` and its log.',
  },
  'unavailable.keeper': {
    summary: 'The keeper of the environment does not answer.',
    remedy: 'Repeat: the platform restarts it.',
  },
  'unavailable.edge': { summary: 'The edge does not answer.', remedy: 'Repeat: the platform restarts it.' },
  'unavailable.stream': {
    summary: 'The stream was lost and could not be taken up again.',
    remedy: 'Follow it again by its id.',
  },
  'session.failed': {
    summary: 'The session could not be opened or was cut.',
    remedy: 'Repeat; see `aloft services` for what runs.',
  },
  'interrupted.signal': { summary: 'You interrupted it.', remedy: 'What was started goes on: follow it by its id.' },
} as const satisfies Record<string, ErrorExplanation>

export type ErrorCode = keyof typeof errorCodes
