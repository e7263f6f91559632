import { deployGuestbook, type Guestbook } from '../guestbook.ts'
import { BASELINE, measure, median } from '../measure.ts'
import { atMost, type Table } from '../report.ts'
import { createWorkspace } from '../workspace.ts'

const LIMIT_MS = 1000

/**
 * `aloft deploy` of a build that is there to an environment that runs, until the command ends: then the release is live.
 * Beside it, how long the application takes without a platform from its spawn to its first answer.
 */
export async function* deploy(rounds: number | undefined): AsyncGenerator<Table> {
  using workspace = createWorkspace()
  const guestbook = await deployGuestbook(workspace.directory)
  try {
    yield await besideOwnStart(guestbook, rounds ?? 7)
  } finally {
    await guestbook.stop()
  }
}

async function besideOwnStart({ ownStart, redeploy }: Guestbook, rounds: number): Promise<Table> {
  const [base = [], runs = []] = await measure([BASELINE, { ...redeploy, after: ownStart }], { rounds })
  const starts = runs.map(({ noted }) => noted)
  const over = median(runs.map(({ noted, wallMs }) => wallMs - noted))
  const notes = [`own start ${median(starts).toFixed(0)} ms`, `${over.toFixed(0)} ms over it`]
  return {
    rows: [
      { label: BASELINE.label, runs: base },
      { goals: [atMost(over, LIMIT_MS, `${LIMIT_MS} ms over its own start`)], label: redeploy.label, notes, runs },
    ],
    title: 'deploy to live of examples/guestbook, built already',
  }
}
