// Runs under any Node from 20 on, before anything is installed: no dependencies.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Debian packages and what they are for. What is missing without them is skipped, with the reason printed. */
const DEBIAN_PACKAGES = {
  bubblewrap: { needs: 'isolation of instances', for: ['test', 'bench', 'demo'], program: 'bwrap' },
  dbus: { needs: 'a keychain to test with', for: ['test'], program: 'dbus-daemon' },
  fish: { needs: 'completion in fish', for: ['test'], program: 'fish' },
  git: { needs: 'comparison with git', for: ['test', 'bench'], program: 'git' },
  'gnome-keyring': { needs: 'a keychain to test with', for: ['test'], program: 'gnome-keyring-daemon' },
  'groonga-bin': { needs: 'search services', for: ['test', 'demo'], program: 'groonga' },
  jq: { needs: 'comparison with jq', for: ['bench'], program: 'jq' },
  'mariadb-server': {
    needs: 'MariaDB services',
    for: ['test', 'bench', 'demo'],
    program: 'mariadbd',
    daemon: 'mariadb',
  },
  memcached: { needs: 'Memcached services', for: ['test', 'demo'], program: 'memcached', daemon: 'memcached' },
  'php-cgi': { needs: 'serving PHP over FastCGI', for: ['test'], program: 'php-cgi' },
  'php-cli': { needs: 'building PHP applications', for: ['test'], program: 'php' },
  'php-fpm': { needs: 'serving PHP by php-fpm', for: ['test'], binary: /^php-fpm/ },
  postgresql: {
    needs: 'PostgreSQL services',
    for: ['test', 'bench', 'demo'],
    versions: '/usr/lib/postgresql',
    program: 'postgres',
    daemon: 'postgresql',
  },
  'python3-venv': { needs: 'building Python applications', for: ['test'], program: 'python3', module: 'ensurepip' },
  'rabbitmq-server': {
    needs: 'RabbitMQ services',
    for: ['test', 'demo'],
    binary: /^rabbitmq-server$/,
    daemon: 'rabbitmq-server',
  },
  'redis-server': { needs: 'Redis services', for: ['test', 'demo'], program: 'redis-server', daemon: 'redis-server' },
  restic: { needs: 'deduplicated backups', for: ['test'], program: 'restic', ask: 'version' },
  zsh: { needs: 'completion in zsh', for: ['test'], program: 'zsh' },
  zstd: { needs: 'comparison with tar and zstd', for: ['bench'], program: 'zstd' },
}

/** Without warnings about the machine's own Node: the steps run with the pinned one. */
const QUIETLY = ['--no-audit', '--no-fund', '--loglevel=error']

const QUIET_STDOUT = ['ignore', 'ignore', 'inherit']

/**
 * Installs what is missing: npm packages always, Debian packages as root on Debian and Ubuntu unless ALOFT_SETUP=0.
 * @param {'test' | 'bench' | 'demo'} purpose
 */
export function setup(purpose) {
  installNpmPackages()
  installDebianPackages(purpose)
}

/** The environment of every step: the pinned Node first, nothing that slows it down or points at a user's own aloft. */
export function stepEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => {
    return name !== 'NODE_EXTRA_CA_CERTS' && name !== 'NODE_OPTIONS' && !name.startsWith('ALOFT_')
  })
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter)
  return { ...Object.fromEntries(kept), PATH: path }
}

function installNpmPackages() {
  if (!isInstalled()) {
    say('npm packages are missing or out of date: npm ci')
    if (!run('npm', ['ci', ...QUIETLY], ['ignore', 'inherit', 'ignore'])) {
      // npm ci refuses when a registry lacks an optional package of another operating system; versions stay those of the lock
      say('npm ci refused: npm install --no-save')
      mustRun('npm', ['install', '--no-save', ...QUIETLY])
    }
  }
  if (!runs(join(root, 'node_modules', '.bin', 'node'), ['--version'])) {
    say('the pinned Node is not there yet: npm rebuild node')
    mustRun('npm', ['rebuild', '--ignore-scripts=false', 'node'])
  }
}

/** npm writes what it installed to node_modules/.package-lock.json, last: compared by content, times say little after a clone. */
function isInstalled() {
  const wanted = readLock(join(root, 'package-lock.json'))
  const present = readLock(join(root, 'node_modules', '.package-lock.json'))
  return Object.entries(wanted).every(([path, { optional, devOptional, version }]) => {
    return path === '' || present[path]?.version === version || (!present[path] && (optional || devOptional))
  })
}

function readLock(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}
}

function installDebianPackages(purpose) {
  const missing = Object.entries(DEBIAN_PACKAGES).filter(([, entry]) => {
    return entry.for.includes(purpose) && !isPresent(entry)
  })
  if (process.platform !== 'linux' || missing.length === 0) return
  const names = missing.map(([name]) => name)
  for (const [name, { needs }] of missing) say(`Debian package ${name} is missing (${needs})`)
  const obstacle = whyNotInstall()
  if (obstacle) return say(`not installed: ${obstacle}. By hand: apt-get install ${names.join(' ')}`)

  say(`installing with apt-get as root (ALOFT_SETUP=0 forbids it): ${names.join(' ')}`)
  const patient = ['-o', 'DPkg::Lock::Timeout=300']
  const isDone =
    run('apt-get', [...patient, 'update'], QUIET_STDOUT) &&
    run('apt-get', [...patient, 'install', '--yes', '--no-install-recommends', ...names], QUIET_STDOUT)
  if (!isDone) say(`apt-get failed: going on without ${names.join(', ')}`)
  for (const [, { daemon }] of missing) if (isDone && daemon) retire(daemon)
}

/** What a package starts by itself: tests and environments run servers of their own. */
function retire(daemon) {
  run('service', [daemon, 'stop'], 'ignore')
  run('update-rc.d', [daemon, 'disable'], 'ignore')
}

function whyNotInstall() {
  if (process.env['ALOFT_SETUP'] === '0') return 'ALOFT_SETUP=0'
  if (!existsSync('/etc/debian_version')) return 'this is not Debian or Ubuntu'
  if (process.getuid() !== 0) return 'not root'
  return undefined
}

/** `ask`: what makes it tell its version; `binary`: a system program by a pattern, without asking; `versions`: a directory with one for each version. */
function isPresent({ ask = '--version', binary, module, program, versions }) {
  if (versions)
    return existsSync(versions) && readdirSync(versions).some(name => existsSync(join(versions, name, 'bin', program)))
  if (binary) return existsSync('/usr/sbin') && readdirSync('/usr/sbin').some(name => binary.test(name))
  return module ? runs(program, ['-c', `import ${module}`]) : runs(program, [ask])
}

function runs(program, args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

function run(program, args, stdio = ['ignore', 'inherit', 'inherit']) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(program, args, { cwd: root, env, stdio }).status === 0
}

function mustRun(program, args) {
  if (run(program, args)) return
  say(`${program} ${args.join(' ')} failed`)
  process.exit(1)
}

function say(line) {
  console.log(`setup: ${line}`)
}
