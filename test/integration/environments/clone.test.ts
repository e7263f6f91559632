import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import type { CloneInput } from '../../../src/lib/platform/environments/clone-activity.ts'
import { createBelow } from '../../../src/lib/platform/environments/create-below.ts'
import { placeOf } from '../../../src/lib/platform/deploy/deployments.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'
import { sayToToy } from '../../helpers/toy-service.ts'

describe('an environment that is made from its parent', () => {
  let platform: BackupPlatform
  let main: TestEnvironment

  beforeEach(async () => {
    platform = new BackupPlatform()
    await platform.open()
    main = await platform.deploy('shop', { db: 'toy' })
    await say(main, 'add one')
    await platform.write(main, 'a.txt', 'first')
  })
  afterEach(() => platform.dispose())

  it('has its databases and files, and passwords and addresses of its own', async () => {
    const { copy, input } = declare('copy')

    const made = await platform.run('environment.clone', copy, input)

    expect(made.error).toBeUndefined()
    expect(made).toMatchObject({ output: { deployment: input.deployment }, result: 'success' })
    expect(await words(copy)).toEqual(['one'])
    expect(await platform.ask(copy)).toEqual({ 'a.txt': 'first' })
    expect(platform.service(copy, 'db').credentials).not.toEqual(platform.service(main, 'db').credentials)
    expect(platform.service(copy, 'db').host).not.toBe(platform.service(main, 'db').host)
    await say(copy, 'add of-the-copy')
    await platform.write(copy, 'b.txt', 'of the copy')
    expect(await words(main)).toEqual(['one'])
    expect(await platform.ask(main)).toEqual({ 'a.txt': 'first' })
    expect(platform.parts.deps.routing.isHeld(main.id)).toBe(false)
    expect(platform.parts.deps.store.backups.list({})).toEqual([])
    expect(await platform.problems()).toEqual([])
  })

  it('is removed, and its parent goes on, when the data cannot be copied', async () => {
    await say(main, 'add poison')
    const { copy, input } = declare('copy')

    const failed = await platform.run('environment.clone', copy, input)

    expect(failed).toMatchObject({ error: { code: 'failed.restore' }, result: 'failure' })
    const { engine, store } = platform.parts.deps
    expect(store.environments.find(projectOf(main), 'copy')).toBeUndefined()
    expect(await engine.instances(copy.id)).toEqual([])
    expect(store.backups.list({})).toEqual([])
    expect(await platform.ask(main)).toEqual({ 'a.txt': 'first' })
  })

  function declare(name: string): { copy: TestEnvironment; input: CloneInput } {
    const { store } = platform.parts.deps
    const parent = placeOf(store, main.id)
    const { id, project } = createBelow(store, parent, { name })
    const source = {
      deployment: parent.environment.deployment ?? '',
      kind: 'deployment',
      rebuild: false,
      variables: 'now',
    } as const
    const input = {
      backup: createId('bkp'),
      buildOnly: false,
      data: true,
      deployment: createId('dep'),
      environment: id,
      from: main.id,
      message: '',
      project,
      source,
    }
    return { copy: platform.adopt({ id, name, project: main.project }), input }
  }

  function projectOf({ id }: TestEnvironment): string {
    return placeOf(platform.parts.deps.store, id).project.id
  }

  function say(of: TestEnvironment, what: string): Promise<unknown> {
    return sayToToy(platform.service(of, 'db'), what)
  }

  async function words(of: TestEnvironment): Promise<readonly string[]> {
    return (await sayToToy(platform.service(of, 'db'), 'all')).words
  }
})
