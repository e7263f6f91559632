import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { BASELINE, cleanEnvironment, type Command, measure, median, ratio, type Run } from '../measure.ts'
import { atMost, type Goal, type Row, type Table } from '../report.ts'
import { programPath, ServerProcess } from '../server-process.ts'
import { createSourceTree, filePath } from '../source-tree.ts'
import { createWorkspace } from '../workspace.ts'

const TITLE = 'intake of 5,000 files, 100 MB'
const CHANGED_FILE = filePath(2500)
const KILOBYTE = 1024

/** What git does to bring a directory to a server: nothing is left out that a first, an unchanged or a changed tree needs. */
const GIT_SCRIPT =
  'git add --all && { git diff --cached --quiet || git commit --quiet --message change; } && ' +
  'git push --quiet origin HEAD:main'

interface Bench {
  /** The tree. */
  readonly source: string
  readonly server: ServerProcess
  readonly aloft: Command
  readonly git: Command
  readonly tar: Command
  /** The platform knows nothing, and the client neither. */
  readonly forget: () => Promise<void>
  /** No commits, an empty remote. */
  readonly forgetGit: () => void
  readonly change: () => void
}

/** Intake of a first, an unchanged and a changed tree, beside git and tar. */
export async function* intake(rounds: number | undefined): AsyncGenerator<Table> {
  using workspace = createWorkspace()
  const bench = await prepare(workspace.directory)
  try {
    yield await first(bench, rounds ?? 5)
    yield await unchanged(bench, rounds ?? 15)
    yield await changed(bench, rounds ?? 11)
  } finally {
    await bench.server.stop()
  }
}

async function prepare(directory: string): Promise<Bench> {
  const [source, socket, cache] = [join(directory, 'tree'), join(directory, 'platform.sock'), join(directory, 'cache')]
  createSourceTree(source)
  const server = await ServerProcess.start('intake-server.mjs', [join(directory, 'sources'), socket])
  const git = gitCommand(source, directory)
  return {
    aloft: {
      after: () => server.ask('received'),
      argv: [process.execPath, programPath('intake-client.mjs'), source, socket, join(cache, 'tree')],
      label: 'aloft',
    },
    change: () => appendFileSync(join(source, CHANGED_FILE), '\n// changed'),
    forget: async () => {
      rmSync(cache, { force: true, recursive: true })
      await server.ask('empty')
    },
    server,
    source,
    tar: {
      argv: ['sh', '-c', `tar -c . | zstd -q -1 -T2 -f -o '${join(directory, 'tree.tar.zst')}'`],
      cwd: source,
      label: 'tar | zstd -1 -T2 > file',
    },
    ...git,
  }
}

/** The repository lies beside the tree, the remote is a bare one that is reached as `file://`. */
function gitCommand(source: string, directory: string): Pick<Bench, 'forgetGit' | 'git'> {
  const [remote, repository] = [join(directory, 'remote.git'), join(directory, 'repository')]
  const person = { EMAIL: 'bench@example.com', NAME: 'bench' }
  const env: NodeJS.ProcessEnv = { GIT_DIR: repository, GIT_WORK_TREE: source, GIT_CONFIG_GLOBAL: '/dev/null' }
  for (const [name, value] of Object.entries(person)) {
    env[`GIT_AUTHOR_${name}`] = value
    env[`GIT_COMMITTER_${name}`] = value
  }
  const git: Command = { argv: ['sh', '-c', GIT_SCRIPT], cwd: source, env, label: 'git add, commit, push file://' }
  const forgetGit = (): void => {
    for (const each of [remote, repository]) rmSync(each, { force: true, recursive: true })
    mkdirSync(repository)
    execGit(['init', '--quiet', '--bare', '--initial-branch=main', remote])
    execGit(['init', '--quiet', '--initial-branch=main', source], env)
    execGit(['remote', 'add', 'origin', `file://${remote}`], env)
  }
  return { forgetGit, git }
}

function execGit(args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  execFileSync('git', args, { env: { ...cleanEnvironment(), ...env } })
}

async function first({ aloft, forget, forgetGit, git, tar }: Bench, rounds: number): Promise<Table> {
  const commands: Command[] = [BASELINE, { ...aloft, before: forget }, tar, { ...git, before: forgetGit }]
  const [base = [], ours = [], packed = [], pushed = []] = await measure(commands, { rounds, warmups: 0 })
  const beside = ratio(ours, pushed)
  const notes = [sent(ours), `${beside.toFixed(2)}x git`, `${ratio(ours, packed).toFixed(2)}x tar | zstd`]
  return {
    rows: [
      { label: BASELINE.label, runs: base },
      { goals: [atMost(beside, 1 / 4, '1/4 of git')], label: aloft.label, notes, runs: ours },
      { label: tar.label, runs: packed },
      { label: git.label, runs: pushed },
    ],
    title: `${TITLE}: first`,
  }
}

async function unchanged({ aloft, git, tar }: Bench, rounds: number): Promise<Table> {
  const [base = [], ours = [], packed = [], pushed = []] = await measure([BASELINE, aloft, tar, git], { rounds })
  const goals = [atMost(ratio(ours, base), 5, '5x node -e 0'), sentAtMost(ours, KILOBYTE, '1 KB sent')]
  return {
    rows: [
      { label: BASELINE.label, runs: base },
      { goals, label: aloft.label, notes: [sent(ours), `${ratio(ours, pushed).toFixed(2)}x git`], runs: ours },
      { label: tar.label, runs: packed },
      { label: git.label, runs: pushed },
    ],
    title: `${TITLE}: unchanged`,
  }
}

async function changed({ aloft, change, git, source }: Bench, rounds: number): Promise<Table> {
  const commands: Command[] = [BASELINE, { ...aloft, before: change }, git]
  const [base = [], ours = [], pushed = []] = await measure(commands, { rounds })
  const { size } = statSync(join(source, CHANGED_FILE))
  const row: Row = {
    goals: [sentAtMost(ours, size + KILOBYTE, 'the file + 1 KB sent')],
    label: aloft.label,
    notes: [sent(ours), `the file has ${size} B`, `${ratio(ours, pushed).toFixed(2)}x git`],
    runs: ours,
  }
  return {
    rows: [{ label: BASELINE.label, runs: base }, row, { label: git.label, runs: pushed }],
    title: `${TITLE}: one file changed`,
  }
}

function sent(runs: readonly Run[]): string {
  return `${Math.round(median(runs.map(({ noted }) => noted)))} B sent`
}

function sentAtMost(runs: readonly Run[], limit: number, text: string): Goal {
  return atMost(Math.max(...runs.map(({ noted }) => noted)), limit, text)
}
