import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import { lockOwner } from '../../../src/lib/platform/engine/process/keeper/lock.ts'
import { isAlive, membersOf } from '../../../src/lib/platform/engine/process/process-tree.ts'
import {
  allReady,
  createFixture,
  desired,
  ENV,
  SERVER,
  serviceState,
  until,
  untilTrue,
} from '../../helpers/process-engine.ts'

const OTHER = createId('env')

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
