import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import type { LaunchSpec, Volume } from '../../../src/lib/platform/engine/port.ts'
import { BtrfsMount, whyNoBtrfs } from '../../helpers/btrfs.ts'
import { createFixture, type EngineFixture, jobSpec, runJob } from '../../helpers/process-engine.ts'

const MB = 1024 * 1024
const LIMIT = 16 * MB
const mounts = [
  { path: 'shared', source: 'shared', sourcePath: '', volume: 'files' },
  { path: 'own', source: 'instance', sourcePath: 'x', volume: 'cache' },
] as const
const NEW_MOUNT = { path: 'new', source: 'shared', sourcePath: 'new', volume: 'files' } as const

describe.skipIf(whyNoBtrfs !== undefined)(`quotas of volumes${whyNoBtrfs ? ` (skipped: ${whyNoBtrfs})` : ''}`, () => {
  let disk: BtrfsMount
  let fixture: EngineFixture
  let environment: string

  beforeAll(async () => {
    disk = new BtrfsMount()
    fixture = await createFixture({ parent: disk.path })
    await fixture.writeArtifact('art', { 'server.js': '' })
  })
  afterAll(async () => {
    await fixture.dispose()
    disk[Symbol.dispose]()
  })
  beforeEach(() => (environment = createId('env')))

  test('are not asked for where the file system has none enabled', async () => {
    await write({ into: 'shared', mb: 20, quotas: { files: LIMIT } })
    expect(await limits()).toEqual({ files: undefined, 'cache@web.1': undefined })
    expect(subvolumes()).toEqual([])
  })

  describe('on a file system that has them enabled', () => {
    beforeAll(() => disk.enableQuotas())

    test.each(['shared', 'own'])('keep what is written to a volume (%s) below', async into => {
      const quotas = { cache: LIMIT, files: LIMIT }
      expect(await write({ into, mb: 20, quotas })).toContain('Disk quota exceeded')
      expect(await limits()).toEqual({ 'cache@web.1': LIMIT, files: LIMIT })
      // and let it be made smaller
      expect(await run({ command: `rm ${into}/big && echo gone`, quotas })).toBe('gone')
      expect(await write({ into, mb: 10, quotas })).toBe('written')
    })

    test('are changed, stay, and go as the launch has them', async () => {
      await write({ into: 'shared', mb: 1, quotas: { cache: LIMIT, files: LIMIT } })
      await write({ into: 'shared', mb: 20, quotas: { files: 2 * LIMIT } })
      expect(await limits()).toEqual({ 'cache@web.1': undefined, files: 2 * LIMIT })
      // what is there already stays
      await run({ command: 'true', quotas: { files: LIMIT } })
      expect(await run({ command: 'wc -c < shared/big' })).toBe(String(20 * MB))
      expect(await run({ command: 'echo x > shared/new || echo refused' })).toContain('refused')
      await expect(run({ command: 'true', mounts: [...mounts, NEW_MOUNT] })).rejects.toMatchObject({
        code: 'failed.disk-full',
      })
      await run({ command: 'true', quotas: {} })
      expect(await write({ into: 'shared', mb: 20 })).toBe('written')
    })

    test('leave a volume alone that was there before', async () => {
      const before = join(fixture.layout.volumes(environment), 'files')
      mkdirSync(before, { mode: 0o711, recursive: true })
      expect(await write({ into: 'shared', mb: 20, quotas: { cache: LIMIT, files: LIMIT } })).toBe('written')
      expect(await limits()).toEqual({ 'cache@web.1': LIMIT, files: undefined })
    })

    test('go with their volumes', async () => {
      const quotas = { cache: LIMIT, files: LIMIT }
      await write({ into: 'shared', mb: 1, quotas })
      await run({ command: 'mkdir -p own/a/b && echo deep > own/a/b/file', quotas })
      await fixture.engine.removeVolumes(environment, ['files'])
      expect(await limits()).toEqual({ 'cache@web.1': LIMIT })
      await fixture.engine.remove(environment)
      expect(existsSync(fixture.layout.environment(environment))).toBe(false)
      expect(subvolumes().filter(path => path.includes(environment))).toEqual([])
    })
  })

  interface Run {
    readonly command: string
    readonly mounts?: LaunchSpec['mounts']
    readonly quotas?: LaunchSpec['quotas']
  }

  /** The last line that it printed. */
  async function run({ command, quotas, ...rest }: Run): Promise<string | undefined> {
    const { launch, ...job } = jobSpec(createId('job'), { command, environment })
    const { lines } = await runJob(fixture.engine, { ...job, launch: { ...launch, mounts, quotas, ...rest } })
    return lines.at(-1)?.text
  }

  function write({
    into,
    mb,
    ...rest
  }: { into: string; mb: number } & Pick<Run, 'quotas'>): Promise<string | undefined> {
    return run({ command: `head -c ${mb}M /dev/zero > ${into}/big && sync ${into}/big && echo written`, ...rest })
  }

  async function limits(): Promise<Record<string, number | undefined>> {
    const volumes = await fixture.engine.volumes(environment)
    return Object.fromEntries(volumes.map(volume => [nameOf(volume), volume.limitBytes]))
  }

  function subvolumes(): string[] {
    const listed = execFileSync('btrfs', ['subvolume', 'list', disk.path], { encoding: 'utf8' })
    return listed.split('\n').filter(line => line !== '')
  }
})

function nameOf({ instance, name }: Volume): string {
  return instance === undefined ? name : `${name}@${instance}`
}
