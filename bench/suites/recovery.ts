import { setTimeout as sleep } from 'node:timers/promises'
import { findProcess } from '../../test/helpers/processes.ts'
import { startLoad } from '../../test/helpers/load.ts'
import { until } from '../../test/helpers/until.ts'
import { answers, deployGuestbook, type Guestbook, type Instance } from '../guestbook.ts'
import { median, type Run } from '../measure.ts'
import { atMost, type Goal, type Row, type Table } from '../report.ts'
import { createWorkspace } from '../workspace.ts'

const LIMIT_MS = 2000
const REQUESTS_PER_SECOND = 100
/** Before the kill, and again after it. */
const LOAD_MS = 1000
const OWN_START = 'own start, without a platform'

/** A process to kill, and those that have to be new afterwards: what it takes down with it. */
interface Fault {
  readonly label: string
  readonly find: (guestbook: Guestbook, running: readonly Instance[]) => { pid: number; lost: readonly Instance[] }
}

const INSTANCE_KILLED: Fault = {
  find: (_guestbook, running) => {
    const lost = running.filter(({ service }) => service === 'guestbook').slice(0, 1)
    return { lost, pid: required(lost[0]?.pid) }
  },
  label: 'instance killed',
}
const FAULTS: readonly Fault[] = [
  INSTANCE_KILLED,
  {
    find: ({ environment }, running) => ({
      lost: running,
      pid: findProcess('keeper/main', `--environment=${environment}`),
    }),
    label: 'keeper killed, with all its instances',
  },
  { find: ({ home }) => ({ lost: [], pid: findProcess('edge/node/main', home) }), label: 'edge killed' },
]

/** How long an application is away when a process is killed with SIGKILL, and what of its requests is lost. */
export async function* recovery(rounds: number | undefined): AsyncGenerator<Table> {
  using workspace = createWorkspace()
  const guestbook = await deployGuestbook(workspace.directory)
  try {
    yield await away(guestbook, rounds ?? 5)
    await guestbook.aloft('scale', 'guestbook=2')
    yield await underLoad(guestbook, rounds ?? 3)
  } finally {
    await guestbook.stop()
  }
}

async function away(guestbook: Guestbook, rounds: number): Promise<Table> {
  const starts: Run[] = []
  const series = FAULTS.map((): Run[] => [])
  for (let round = 0; round < rounds; round++) {
    await refresh(guestbook)
    const ownStart = await guestbook.ownStart()
    starts.push(toRun(ownStart))
    for (const [index, fault] of FAULTS.entries()) series[index]?.push(toRun(await kill(guestbook, fault), ownStart))
  }
  const rows = FAULTS.map(({ label }, index): Row => {
    const runs = series[index] ?? []
    return { goals: [backInTime(runs)], label, notes: [`${overOwnStart(runs).toFixed(0)} ms over its own start`], runs }
  })
  return { rows: [{ label: OWN_START, runs: starts }, ...rows], title: 'kill -9, until the application is back' }
}

async function underLoad(guestbook: Guestbook, rounds: number): Promise<Table> {
  const starts: Run[] = []
  const runs: Run[] = []
  let [failed, sent] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    await refresh(guestbook)
    const ownStart = await guestbook.ownStart()
    starts.push(toRun(ownStart))
    const load = startLoad(guestbook.healthUrl, REQUESTS_PER_SECOND)
    await sleep(LOAD_MS)
    runs.push(toRun(await kill(guestbook, INSTANCE_KILLED), ownStart))
    await sleep(LOAD_MS)
    const report = await load.stop()
    failed += report.failed.length
    sent += report.sent
  }
  const goals = [backInTime(runs), atMost(failed, 0, '0 failed')]
  const notes = [`${overOwnStart(runs).toFixed(0)} ms over its own start`, `${sent} requests, ${failed} failed`]
  return {
    rows: [
      { label: OWN_START, runs: starts },
      { goals, label: 'one of two instances killed', notes, runs },
    ],
    title: `kill -9 under ${REQUESTS_PER_SECOND} requests/s, until both are back`,
  }
}

/** Instances that never crashed: one that crashes again within a minute has to wait before it is started. */
async function refresh({ aloft }: Guestbook): Promise<void> {
  await aloft('restart')
}

/** Kills the fault's process; resolves with the time until all instances are ready and the address answers, ms. */
async function kill(guestbook: Guestbook, { find, label }: Fault): Promise<number> {
  const running = await guestbook.instances()
  const { lost, pid } = find(guestbook, running)
  const lostPids = new Set(lost.map(each => each.pid))
  process.kill(pid, 'SIGKILL')
  const killedAt = performance.now()
  await until(`back after: ${label}`, async () => {
    const now = await guestbook.instances()
    const isWhole = now.length === running.length && now.every(each => each.isReady && !lostPids.has(each.pid))
    return isWhole && (await answers(guestbook.healthUrl))
  })
  return performance.now() - killedAt
}

function toRun(wallMs: number, noted = 0): Run {
  return { noted, peakBytes: undefined, wallMs }
}

function overOwnStart(runs: readonly Run[]): number {
  return median(runs.map(({ noted, wallMs }) => wallMs - noted))
}

function backInTime(runs: readonly Run[]): Goal {
  return atMost(overOwnStart(runs), LIMIT_MS, `${LIMIT_MS} ms over its own start`)
}

/** Not 0: that would be our own process group. */
function required(pid: number | undefined): number {
  if (pid === undefined) throw new Error('no instance runs')
  return pid
}
