import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import { lockOwner } from '../../../src/lib/platform/engine/process/keeper/lock.ts'
import { isAlive, membersOf } from '../../../src/lib/platform/engine/process/process-tree.ts'
import {
  allReady,
  createFixture,
  desired,
  ENV,
  launchSpec,
  SERVER,
  serviceState,
  until,
  untilTrue,
} from '../../helpers/process-engine.ts'

const OTHER = createId('env')
/** So many take longer to tidy than a keeper to be found, and less long than one to end. */
const LEFT_SOCKETS = 500
const GRACE_MS = 2000
/** Of a process that is gone. */
const leftSocket = (index: number): string => `j4194304.${index.toString(16).padStart(5, '0')}.sock`
/** A keeper that was started is there by then. */
const LATER_MS = 1000

test('an environment whose keeper cannot be started at first is taken up as soon as it can', async () => {
  const fixture = await createFixture()
  try {
    await fixture.writeArtifact('art', { 'server.js': SERVER })
    await fixture.engine.apply(desired(ENV, [serviceState()]))
    await until(fixture.engine, ENV, allReady(1))
    const directory = fixture.layout.keeper(ENV)
    const keeper = lockOwner(directory)
    if (!keeper) throw new Error('there is no keeper')
    await fixture.engine.close()
    process.kill(keeper.pid, 'SIGKILL')
    await untilTrue(() => !isAlive(keeper), 'the keeper is gone')
    const log = join(directory, 'keeper.log')
    renameSync(log, `${log}.away`)
    mkdirSync(log)

    const attempts: string[] = []
    fixture.restart({ info: () => {}, warn: (_details, message) => void attempts.push(message) })
    await untilTrue(() => attempts.length >= 2, 'it was tried in vain, and again')
    rmSync(log, { recursive: true })

    // nobody asks for it
    await untilTrue(() => lockOwner(directory) !== undefined, 'a keeper is back')
    await untilTrue(() => membersOf({ marker: `ALOFT_INSTANCE=${ENV}/` }).length > 0, 'its instance is back')
    expect(attempts[0]).toContain('does not start')
  } finally {
    await fixture.dispose()
  }
})

test('a keeper that copies a volume has something to do, and ends only when the copy is made', async () => {
  const fixture = await createFixture({ idleMs: 100 })
  try {
    const { engine, layout } = fixture
    const from = join(layout.volumes(ENV), 'files', '_')
    mkdirSync(from, { recursive: true })
    for (let i = 0; i < 2000; i++) writeFileSync(join(from, `file-${i}`), 'text')
    await engine.copyVolumes({ from: ENV, to: OTHER, volumes: [{ as: 'copy', name: 'files' }] })
    expect(readdirSync(join(layout.volumes(OTHER), 'copy', '_')).length).toBe(2000)
  } finally {
    await fixture.dispose()
  }
})

test.each(['remove', 'stopAll', 'close'] as const)(
  'an engine that is still taking up what should run brings back nothing after %s',
  async end => {
    const fixture = await createFixture()
    try {
      const { engine, layout } = fixture
      await fixture.writeArtifact('art', { 'server.js': SERVER })
      const launch = launchSpec({ command: `trap '' TERM; while :; do sleep 0.1; done` })
      const { listen: _listen, ...worker } = launch
      await engine.apply(desired(ENV, [serviceState({ graceMs: GRACE_MS, kind: 'worker', launch: worker })]))
      await until(engine, ENV, allReady(1))
      await (end === 'close' ? engine.stopAll() : engine.close())
      for (let i = 0; i < LEFT_SOCKETS; i++) writeFileSync(join(layout.home.runtime, leftSocket(i)), '')

      const next = fixture.restart()
      await (end === 'remove' ? next.remove(ENV) : next[end]())
      const isTidy = (): boolean => !readdirSync(layout.home.runtime).some(name => name.startsWith('j'))
      await untilTrue(isTidy, 'what was left is tidied, which comes first')
      await setTimeout(LATER_MS)
      expect(lockOwner(layout.keeper(ENV))).toBeUndefined()
      expect(membersOf({ marker: `ALOFT_INSTANCE=${ENV}/` })).toEqual([])
    } finally {
      await fixture.dispose()
    }
  },
)
