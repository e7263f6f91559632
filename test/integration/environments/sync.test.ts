import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import { placeOf } from '../../../src/lib/platform/deploy/deployments.ts'
import { createBelow } from '../../../src/lib/platform/environments/create-below.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'
import { sayToToy } from '../../helpers/toy-service.ts'

/** A parent and a child, in the order of a day; at its end both are deleted. */
describe('an environment below another one', () => {
  let platform: BackupPlatform
  let main: TestEnvironment
  let child: TestEnvironment

  beforeAll(async () => {
    platform = new BackupPlatform()
    await platform.open()
    main = await platform.deploy('shop', { db: 'toy' })
    const { store } = platform.parts.deps
    const { id } = createBelow(store, placeOf(store, main.id), { name: 'child' })
    child = platform.adopt({ id, name: 'child', project: 'shop' })
    await platform.run('environment.clone', child, { ...deployment(), data: true })
  })
  afterAll(() => platform?.dispose())

  it('gets the data of its parent in place of its own, after a safety backup', async () => {
    await say(main, 'add of-the-parent')
    await platform.write(main, 'a.txt', 'of the parent')
    await say(child, 'add of-the-child')
    await platform.write(child, 'b.txt', 'of the child')

    const synced = await sync({ code: false, data: true })

    expect(synced.error).toBeUndefined()
    expect(synced).toMatchObject({ output: { state: 'restored' }, result: 'success' })
    expect(await words(child)).toEqual(['of-the-parent'])
    expect(await platform.ask(child)).toEqual({ 'a.txt': 'of the parent' })
    const back = await platform.restore(String(synced.output?.['safetyBackup']), child)
    expect(back).toMatchObject({ result: 'success' })
    expect(await words(child)).toEqual(['of-the-child'])
    expect(await platform.ask(child)).toEqual({ 'b.txt': 'of the child' })
  })

  it('stays as it was when the data of its parent cannot be put in place', async () => {
    await say(main, 'add poison')

    const failed = await sync({ code: true, data: true })

    expect(failed).toMatchObject({
      error: { code: 'failed.restore' },
      output: { state: 'rolled-back' },
      result: 'failure',
    })
    expect(await words(child)).toEqual(['of-the-child'])
    expect(await platform.ask(child)).toEqual({ 'b.txt': 'of the child' })
    expect(platform.parts.deps.store.backups.list({ environment: 'main' })).toEqual([])
  })

  it('gets what is live in its parent, and keeps its data', async () => {
    const before = placeOf(platform.parts.deps.store, child.id).environment.deployment

    expect(await sync({ code: true, data: false })).toMatchObject({ result: 'success' })

    expect(placeOf(platform.parts.deps.store, child.id).environment.deployment).not.toBe(before)
    expect(await words(child)).toEqual(['of-the-child'])
  })

  it('is not deleted when its last backup cannot be made, which says how to delete it all the same', async () => {
    const refused = await deleteUnreadable()

    expect(refused.error).toMatchObject({
      code: 'failed.dump',
      message: expect.stringContaining('nothing was deleted'),
    })
    expect(refused.error?.suggestions.join(' ')).toContain('--no-backup')
    expect(platform.parts.deps.store.environments.get(child.id)).toBeDefined()
  })

  it('is at rest again when the last backup of it while it is paused cannot be made', async () => {
    const { engine } = platform.parts.deps
    await platform.run('environment.pause', child, { environment: child.id })

    expect((await deleteUnreadable()).error).toMatchObject({ code: 'failed.dump' })
    expect(await engine.instances(child.id)).toEqual([])

    await platform.run('environment.resume', child, { environment: child.id })
    expect(await words(child)).toEqual(['of-the-child'])
  })

  it('is deleted after a last backup, also while it is paused, and without one where that is wanted', async () => {
    const { backups, environments } = platform.parts.deps.store
    await platform.run('environment.pause', child, { environment: child.id })
    const backup = createId('bkp')

    const deleted = await platform.run('environment.delete', child, { backup, environment: child.id })

    expect(deleted.error).toBeUndefined()
    expect(deleted).toMatchObject({ output: { backup }, result: 'success' })
    expect(environments.get(child.id)).toBeUndefined()
    expect(backups.get(backup)).toMatchObject({ environment: 'child', reason: 'deletion', state: 'complete' })
    expect(backups.get(backup)?.contents).toMatchObject([
      { kind: 'database', name: 'db', rows: 1 },
      { files: 1, kind: 'volume', name: 'uploads' },
    ])
    const known = backups.list({}).length
    expect(await platform.run('environment.delete', main, { environment: main.id })).toMatchObject({
      result: 'success',
    })
    expect(backups.list({})).toHaveLength(known)
  })

  async function deleteUnreadable() {
    const closed = join(platform.parts.deps.layout.volumes(child.id), 'uploads', '_', 'closed')
    mkdirSync(closed, { mode: 0 })
    const ended = await platform.run('environment.delete', child, { backup: createId('bkp'), environment: child.id })
    rmSync(closed, { recursive: true })
    return ended
  }

  function deployment() {
    const { environment } = placeOf(platform.parts.deps.store, main.id)
    const source = { deployment: environment.deployment ?? '', kind: 'deployment', rebuild: false, variables: 'now' }
    return {
      backup: createId('bkp'),
      buildOnly: false,
      deployment: createId('dep'),
      environment: child.id,
      from: main.id,
      message: '',
      project: environment.project,
      source,
    }
  }

  function sync(what: { readonly code: boolean; readonly data: boolean }) {
    const input = { ...deployment(), ...what, only: [], rename: {}, safetyBackup: true }
    return platform.run('environment.sync', child, input)
  }

  function say(of: TestEnvironment, what: string): Promise<unknown> {
    return sayToToy(platform.service(of, 'db'), what)
  }

  async function words(of: TestEnvironment): Promise<readonly string[]> {
    return (await sayToToy(platform.service(of, 'db'), 'all')).words
  }
})
