import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import type { Layout } from '../../../layout.ts'
import { removeTree } from '../../../remove-tree.ts'
import type { LaunchSpec } from '../../port.ts'
import type { ResolvedMount } from './application-view.ts'
import { APP, HOME, sandboxArguments, SOCKETS } from './bubblewrap.ts'
import { LentTrees } from './lent-trees.ts'
import { prepareMounts } from './mounts.ts'
import { type FileView, OwnEtc, USER } from './own-etc.ts'
import { assertEnterable, makeEnterable, makeOwned, type Owner } from './permissions.ts'
import type { Isolation } from './probe.ts'
import { makeReleaseDirectory, pruneReleaseDirectories, releaseDirectoryName } from './release-directory.ts'
import { processVariables, splitLoaderVariables, type Variables } from './variables.ts'

/** What Node's `spawn` is given. */
export interface Program {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Variables
  readonly cwd: string
}

export interface SurroundingsRequest {
  readonly launch: LaunchSpec
  /** `<environment>/<release>/<instance>`: marks all processes of the tree. */
  readonly marker: string
  /** `web.1`: whose dedicated volumes are mounted. */
  readonly instance: string
  readonly writable?: readonly string[] | undefined
  readonly port?: number | undefined
}

export interface Surroundings {
  /** The Unix socket to listen on as the platform reaches it; for services that ask for one. */
  readonly socket?: string | undefined
  /** Where its processes see the application's files. */
  readonly appDirectory: string
  /** How to run `command` in these surroundings. */
  program(command: readonly string[], options?: ProgramOptions): Program
  /** Removes what was made for this process alone; built files go back to the platform's user. */
  dispose(): Promise<void>
}

export interface ProgramOptions {
  readonly isTty?: boolean | undefined
  readonly variables?: Variables | undefined
}

export interface LauncherOptions {
  readonly layout: Layout
  readonly environment: string
  readonly isolation: Isolation
  /** The environment's own user; undefined: the keeper's. */
  readonly uid: Owner
}

/** Prepares files and permissions for the processes of one environment and wraps their commands. */
export class Launcher {
  readonly #options: LauncherOptions
  /** How many surroundings use a release directory. */
  readonly #uses = new Map<string, number>()
  readonly #lent: LentTrees
  readonly #etc: OwnEtc

  constructor(options: LauncherOptions) {
    this.#options = options
    this.#lent = new LentTrees(options.uid)
    this.#etc = new OwnEtc({
      directory: join(this.scratchRoot, 'etc'),
      gid: options.uid ?? process.getgid?.() ?? 0,
      uid: options.uid ?? process.getuid?.() ?? 0,
    })
  }

  get scratchRoot(): string {
    return join(this.#options.layout.environment(this.#options.environment), 'scratch')
  }

  get releases(): string {
    return join(this.#options.layout.environment(this.#options.environment), 'releases')
  }

  /** Once per keeper. @throws failed.isolation when the environment's user cannot reach its files */
  async prepareHome(): Promise<void> {
    const { environment, isolation, layout } = this.#options
    await removeTree(this.scratchRoot)
    for (const path of [this.scratchRoot, this.releases, layout.volumes(environment)]) {
      await mkdir(path, { mode: 0o700, recursive: true })
    }
    if (isolation.level === 'namespaces') await this.#etc.prepare()
    if (isolation.level !== 'user') return
    await assertEnterable(layout.home.data)
    for (const path of [this.scratchRoot, this.releases, layout.volumes(environment)]) {
      await makeEnterable(path, layout.home.data)
    }
  }

  /** @throws failed.start for mounts that cannot be made */
  async prepare(request: SurroundingsRequest): Promise<Surroundings> {
    const { environment, layout, uid } = this.#options
    const scratch = join(this.scratchRoot, shortHash(request.marker))
    await this.#makeScratch(scratch)
    const mounts = await prepareMounts(request.launch.mounts, {
      environment,
      instance: request.instance,
      layout,
      owner: uid,
      quotas: request.launch.quotas,
      scratch,
    })
    const artifact = join(layout.artifacts, request.launch.artifact, 'app')
    const writable = request.writable ?? []
    for (const path of writable) await this.#giveWritable(path)
    const view = await this.#view(request, { artifact, mounts, writable })
    const sockets = request.launch.listen?.family === 'unix' ? await this.#makeSockets(request.marker) : undefined
    const files = this.#options.isolation.level === 'namespaces' ? await this.#etc.views(request.launch.hosts) : []
    return {
      appDirectory: this.#appDirectory(view),
      dispose: async () => {
        this.#use(view, -1)
        await removeTree(scratch).catch(() => undefined)
        for (const path of writable) await this.#lent.takeBack(path).catch(() => undefined)
      },
      program: (command, options = {}) =>
        this.#wrap(command, { ...options, artifact, files, mounts, request, scratch, sockets, view, writable }),
      socket: sockets && join(sockets, 's'),
    }
  }

  /** Removes release directories that nothing uses any more. */
  async prune(): Promise<void> {
    await pruneReleaseDirectories(this.releases, path => (this.#uses.get(path) ?? 0) > 0)
  }

  async #makeScratch(scratch: string): Promise<void> {
    const { uid } = this.#options
    await mkdir(scratch, { mode: 0o711, recursive: true })
    await removeTree(join(scratch, 'tmp'))
    for (const name of ['home', 'tmp']) await makeOwned(join(scratch, name), uid)
  }

  async #giveWritable(path: string): Promise<void> {
    const { isolation, layout } = this.#options
    await this.#lent.lend(path)
    if (isolation.level === 'user') await makeEnterable(dirname(path), layout.home.data)
  }

  /** Where the application lies on the host: the artifact itself for sandboxes and builds. */
  async #view(request: SurroundingsRequest, { artifact, mounts, writable }: Files): Promise<string> {
    const { isolation, uid } = this.#options
    if (isolation.level === 'namespaces' || writable.includes(artifact)) return artifact
    const view = join(this.releases, releaseDirectoryName(request.launch.artifact, mounts))
    this.#use(view, 1)
    await makeReleaseDirectory(view, { artifact, mounts, owner: uid })
    return view
  }

  #appDirectory(view: string): string {
    return this.#options.isolation.level === 'namespaces' ? APP : view
  }

  #use(view: string, change: number): void {
    this.#uses.set(view, (this.#uses.get(view) ?? 0) + change)
  }

  async #makeSockets(marker: string): Promise<string> {
    const { isolation, layout, uid } = this.#options
    const parent = join(layout.home.runtime, 'i')
    await mkdir(parent, { mode: 0o711, recursive: true })
    if (isolation.level === 'user') {
      await assertEnterable(layout.home.runtime)
      await makeEnterable(parent, layout.home.runtime)
    }
    const directory = join(parent, shortHash(marker))
    await removeTree(directory)
    return makeOwned(directory, uid)
  }

  #wrap(command: readonly string[], options: WrapOptions): Program {
    const { bubblewrap, setpriv } = this.#options.isolation
    const inside = this.#inside(options)
    const { loader, safe } = splitLoaderVariables({ ...inside.variables, ...options.variables })
    const assignments = Object.entries(loader).map(([name, value]) => `${name}=${value}`)
    const bare = assignments.length > 0 ? ['/usr/bin/env', ...assignments, ...command] : [...command]
    const argv = [
      ...this.#sandbox(options, inside.directory),
      ...this.#drop(setpriv, Boolean(bubblewrap && options.isTty)),
      ...restore(bare, Boolean(bubblewrap && options.isTty)),
    ]
    const [file = '/bin/false', ...args] = argv
    return { args, cwd: bubblewrap ? '/' : inside.directory, env: safe, file }
  }

  #inside({ mounts: _mounts, request, scratch, sockets, view }: WrapOptions): Inside {
    const isSandbox = this.#options.isolation.level === 'namespaces'
    const { launch, marker, port } = request
    const appDirectory = this.#appDirectory(view)
    const socket = sockets && join(isSandbox ? SOCKETS : sockets, 's')
    return {
      directory: join(appDirectory, launch.directory),
      variables: processVariables({
        appDirectory,
        fixed: {
          ALOFT_INSTANCE: marker,
          ...(port === undefined ? {} : { PORT: String(port) }),
          ...(socket === undefined ? {} : { SOCKET: socket }),
        },
        home: isSandbox ? HOME : join(scratch, 'home'),
        launch,
        temporary: isSandbox ? '/tmp' : join(scratch, 'tmp'),
        user: isSandbox || this.#options.uid !== undefined ? USER : userName(),
      }),
    }
  }

  #sandbox({ isTty = false, request, ...options }: WrapOptions, directory: string): string[] {
    const { isolation, layout } = this.#options
    if (!isolation.bubblewrap) return []
    const visible = request.launch.path.filter(path => isAbsolute(path)).map(path => dirname(path))
    const network = isolation.cutsNetwork ? request.launch.network : undefined
    const shield = isTty ? ['/usr/bin/env', '--ignore-signal=INT,QUIT,TSTP'] : []
    return [
      ...shield,
      isolation.bubblewrap,
      ...sandboxArguments({ ...options, home: layout.home, isTty, network, visible }),
      '--chdir',
      directory,
      '--',
    ]
  }

  /**
   * On a terminal the application leads a session of its own inside: shells look for their process group, and those
   * outside have no number there. Taking the terminal needs root (ioctl_tty(2), TIOCSCTTY).
   */
  #drop(setpriv: string | undefined, takesTerminal: boolean): string[] {
    const { uid } = this.#options
    if (!setpriv || uid === undefined) return []
    const user = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
    const session = takesTerminal ? [join(dirname(setpriv), 'setsid'), '--ctty'] : []
    return [...session, setpriv, ...user, '--no-new-privs', '--inh-caps=-all', '--bounding-set=-all', '--']
  }
}

interface Files {
  readonly artifact: string
  readonly mounts: readonly ResolvedMount[]
  readonly writable: readonly string[]
}

interface WrapOptions extends Files, ProgramOptions {
  readonly files: readonly FileView[]
  readonly request: SurroundingsRequest
  readonly scratch: string
  readonly sockets: string | undefined
  readonly view: string
}

interface Inside {
  readonly directory: string
  readonly variables: Variables
}

/** bubblewrap shares the terminal's foreground group and must outlive Ctrl-C; what it runs gets the signals back. */
function restore(command: readonly string[], isShielded: boolean): readonly string[] {
  return isShielded ? ['/usr/bin/env', '--default-signal=INT,QUIT,TSTP', ...command] : command
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return USER
  }
}
