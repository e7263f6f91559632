import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.ts'

/** A session bus and a gnome-keyring of their own, as a desktop has them. */
export interface SecretService {
  /** For programs that are to use it. */
  readonly environment: NodeJS.ProcessEnv
  /** The keyring as it is before its password was typed. */
  lock(): Promise<void>
  /** The bus, or the keyring behind it, takes calls and never answers. */
  freeze(what: 'bus' | 'keyring'): void
  stop(): Promise<void>
}

export interface SecretServiceOptions {
  /** The bus refuses every message to the keyring. */
  readonly denies?: boolean
}

/** Why there can be no Secret Service here; undefined when there can. */
export function whyNoSecretService(): string | undefined {
  const missing = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'].filter(
    program => spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined,
  )
  return missing.length === 0 ? undefined : `no ${missing.join(', ')} on PATH (Debian: dbus, gnome-keyring)`
}

export async function startSecretService({ denies = false }: SecretServiceOptions = {}): Promise<SecretService> {
  const home = mkdtempSync(join(tmpdir(), 'aloft-keyring-'))
  const address = `unix:path=${join(home, 'bus')}`
  const { DISPLAY: _display, XDG_DATA_HOME: _data, XDG_RUNTIME_DIR: _runtime, ...inherited } = process.env
  const environment = { ...inherited, DBUS_SESSION_BUS_ADDRESS: address, HOME: home, XDG_RUNTIME_DIR: home }
  writeFileSync(join(home, 'bus.conf'), busConfiguration(address, denies))

  const start = (program: string, args: readonly string[], input?: string): ChildProcess => {
    const stdin = input === undefined ? 'ignore' : 'pipe'
    const child = spawn(program, args, { env: environment, stdio: [stdin, 'ignore', 'ignore'] })
    child.stdin?.end(input)
    return child
  }
  const startKeyring = async (...args: [flags: readonly string[], input?: string]): Promise<ChildProcess> => {
    const [flags, input] = args
    const child = start('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...flags], input)
    await until('the keyring is on the bus', async () => ownsName(environment))
    return child
  }

  const bus = start('dbus-daemon', ['--nofork', '--nopidfile', `--config-file=${join(home, 'bus.conf')}`])
  await until('the bus answers', async () => asksBus(environment, 'GetId').status === 0)
  let keyring = await startKeyring(['--unlock'], 'a password')
  return {
    environment,
    freeze: what => void (what === 'bus' ? bus : keyring).kill('SIGSTOP'),
    async lock() {
      await kill(keyring)
      keyring = await startKeyring([])
    },
    async stop() {
      await kill(keyring)
      await kill(bus)
      rmSync(home, { force: true, recursive: true })
    },
  }
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  if (child.exitCode !== null) return
  child.kill('SIGKILL')
  await gone
}

function ownsName(environment: NodeJS.ProcessEnv): boolean {
  return asksBus(environment, 'NameHasOwner', 'string:org.freedesktop.secrets').stdout.includes('true')
}

function asksBus(
  environment: NodeJS.ProcessEnv,
  method: string,
  ...args: string[]
): { status: number; stdout: string } {
  const flags = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus']
  try {
    const call = [...flags, `org.freedesktop.DBus.${method}`, ...args]
    return { status: 0, stdout: execFileSync('dbus-send', call, { env: environment, stdio: 'pipe' }).toString() }
  } catch {
    return { status: 1, stdout: '' }
  }
}

/** Without the service files of the machine: nothing starts by itself. */
function busConfiguration(address: string, denies: boolean): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>${address}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    ${denies ? '<deny send_destination="org.freedesktop.secrets"/>' : ''}
  </policy>
</busconfig>
`
}
