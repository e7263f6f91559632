import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { startFaultyPlatform, stopFaultyPlatform } from '../helpers/kill-platform.ts'
import { notesAt, writeNotesApp } from '../helpers/notes-app.ts'
import { urlOf } from '../helpers/small-app.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const activity = z.object({ id: z.string(), result: z.optional(z.string()), state: z.string() })
const environment = z.object({ urls: z.array(z.string()) })

describe('an environment that gets what its parent has while the platform is killed', () => {
  let workspace: Workspace
  let momentFile: string
  let moments: readonly string[] = []
  let syncMoments: readonly string[] = []

  beforeAll(async () => {
    workspace = createWorkspace()
    momentFile = join(workspace.directory, 'moments')
    await workspace.json(['deploy', writeNotesApp(workspace), '--project', 'notes', '--environment', 'main'])
    await notesAt(await urlOf(workspace, 'notes'), 'add?one')
    await workspace.aloft(['platform', 'stop'])
    const platform = await startFaultyPlatform(workspace, { moment: 0, momentFile })
    await finished(await create('whole'))
    moments = readMoments()
    await finished(await sync('whole'))
    await stopFaultyPlatform(platform)
    syncMoments = readMoments().slice(moments.length)
  })
  afterAll(() => workspace?.close())

  it.each([
    ['while the backup of the parent is made', 'parent:copy after-record'],
    ['before its first instance is started', 'start:0 before-record'],
  ])('is completed by the next platform, with all data (%s)', async (_, moment) => {
    const at = moments.indexOf(moment) + 1
    expect(at).toBeGreaterThan(0)
    const platform = await startFaultyPlatform(workspace, { moment: at, momentFile })
    const died = new Promise(resolve => platform.once('exit', resolve))
    const name = `copy-${at}`
    const id = await create(name)
    await died

    expect(await finished(id)).toBe('success')

    expect(await notesAt(await addressOf(name))).toBe('1 one')
    expect(await notesAt(await addressOf('main'))).toBe('1 one')
    expect(await workspace.json(['backup', 'list', '-p', 'notes', '-e', 'main'])).toEqual([])
    await workspace.aloft(['platform', 'stop'])
  })

  it.each([
    ['once its files were exchanged, before that is recorded', 'exchange:notes after-run'],
    ['before the first instance of the new deployment is started', 'start:0 before-record'],
  ])('gets all that its parent has from the next platform (%s)', async (_, moment) => {
    const at = syncMoments.indexOf(moment) + 1
    expect(at).toBeGreaterThan(0)
    await notesAt(await addressOf('whole'), `add?of-the-child-${at}`)
    await workspace.aloft(['platform', 'stop'])
    const platform = await startFaultyPlatform(workspace, { moment: at, momentFile })
    const died = new Promise(resolve => platform.once('exit', resolve))
    const id = await sync('whole')
    await died

    expect(await finished(id)).toBe('success')

    expect(await notesAt(await addressOf('whole'))).toBe('1 one')
    expect(await workspace.json(['backup', 'list', '-p', 'notes', '-e', 'main'])).toEqual([])
    await workspace.aloft(['platform', 'stop'])
  })

  function readMoments(): string[] {
    return readFileSync(momentFile, 'utf8').trim().split('\n')
  }

  async function sync(name: string): Promise<string> {
    const argv = ['environments', 'sync', name, '-p', 'notes', '--confirm', name, '--no-wait']
    return z.parse(activity, await workspace.json(argv)).id
  }

  async function create(name: string): Promise<string> {
    const argv = ['environments', 'create', name, '-p', 'notes', '--parent', 'main', '--no-wait']
    return z.parse(activity, await workspace.json(argv)).id
  }

  async function finished(id: string): Promise<string | undefined> {
    const done = await until(
      `${id} is finished`,
      async () => {
        const now = z.parse(activity, await workspace.json(['activities', 'show', id]))
        return now.state === 'finished' && now
      },
      60_000,
    )
    return done.result
  }

  async function addressOf(name: string): Promise<string> {
    const { urls } = z.parse(environment, await workspace.json(['environments', 'show', name, '-p', 'notes']))
    return urls.find(each => each.startsWith('http://127.0.0.1')) ?? ''
  }
})
