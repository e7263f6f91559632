import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { get } from '../helpers/load.ts'
import { notesAt, writeNotesApp } from '../helpers/notes-app.ts'
import { countInstances } from '../helpers/processes.ts'
import { filesBelow, runFailing, urlOf } from '../helpers/small-app.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const TARGET = ['--project', 'notes', '--environment', 'main']
const RESUME = 'aloft environments resume main --project notes'
const status = z.object({ status: z.string() })
const environment = z.looseObject({ urls: z.array(z.string()) })

let workspace: Workspace
let source: string
let url: string

beforeEach(async () => {
  workspace = createWorkspace()
  source = writeNotesApp(workspace)
  await workspace.json(['deploy', source, ...TARGET])
  url = await urlOf(workspace, 'notes')
})
afterEach(() => workspace.close())

it('pauses an environment: nothing runs, visitors are told, its data stays, and what needs it refuses', async () => {
  await notesAt(url, 'add?one')

  await workspace.json(['environments', 'pause', ...TARGET])

  expect(countInstances(workspace.home)).toBe(0)
  const page = await get(url)
  expect(page.status).toBe(503)
  expect(page.body).toContain(`notes/main is paused. To start it: ${RESUME}`)
  expect(z.parse(status, await workspace.json(['environments', 'show', ...TARGET])).status).toBe('paused')
  for (const argv of [['restart'], ['scale', 'notes=2'], ['backup'], ['backup', '--dry-run']]) {
    const { code, exitCode, suggestions } = await runFailing(workspace, [...argv, ...TARGET])
    expect([exitCode, code, suggestions]).toEqual([6, 'conflict.paused', [RESUME]])
  }
  const session = await workspace.aloft(['exec', 'notes', ...TARGET, '--', 'true'])
  expect([session.exitCode, session.stderr]).toEqual([255, expect.stringContaining(RESUME)])
  expect(await workspace.json(['variables', 'set', 'VERSION=2', ...TARGET])).toMatchObject({ effect: 'waits' })

  await workspace.aloft(['platform', 'stop'])
  await workspace.aloft(['platform', 'start'])
  expect(countInstances(workspace.home)).toBe(0)
  expect((await get(url)).status).toBe(503)

  await workspace.json(['environments', 'resume', ...TARGET])
  expect(await notesAt(url)).toBe('1 one')
})

it('a deploy resumes a paused environment; one that fails leaves it paused', async () => {
  await notesAt(url, 'add?one')
  await workspace.json(['environments', 'pause', ...TARGET])
  const failing = await runFailing(workspace, ['deploy', source, ...TARGET, '--variable', 'NODE_OPTIONS=--no-such'])

  expect(failing.exitCode).toBe(7)
  expect((await get(url)).status).toBe(503)
  expect(z.parse(status, await workspace.json(['environments', 'show', ...TARGET])).status).toBe('paused')
  expect(countInstances(workspace.home)).toBe(0)

  await workspace.json(['variables', 'unset', 'NODE_OPTIONS', ...TARGET])
  await workspace.json(['deploy', source, ...TARGET, '--variable', 'VERSION=2'])
  expect(await notesAt(url)).toBe('2 one')
  expect(z.parse(status, await workspace.json(['environments', 'show', ...TARGET])).status).toBe('active')
})

it('makes an environment from its parent with the same builds, under addresses of its own', async () => {
  await workspace.json(['variables', 'set', 'VERSION=3', ...TARGET])
  const made = await workspace.json(['environments', 'create', 'copy', '-p', 'notes', '--parent', 'main', '--no-data'])

  const copy = z.parse(environment, made)
  expect(copy).toMatchObject({ name: 'copy', parent: 'main', status: 'active', type: 'development' })
  const address = copy.urls.find(each => each.startsWith('http://127.0.0.1')) ?? ''
  expect(address).not.toBe(url)
  expect(await notesAt(address)).toBe('3')
  await notesAt(address, 'add?of-the-copy')
  expect([await notesAt(address), await notesAt(url)]).toEqual(['3 of-the-copy', '3'])
  const builds = z.array(z.object({ type: z.string() }))
  const activities = z.parse(builds, await workspace.json(['activities', '-p', 'notes', '-e', 'copy']))
  expect(activities.map(({ type }) => type)).toEqual(['environment.clone'])
})

it('makes an environment with the data of its parent, which goes its own way from then on', async () => {
  await notesAt(url, 'add?one')

  const made = await workspace.json(['environments', 'create', 'copy', '-p', 'notes', '--parent', 'main'])

  const { urls } = z.parse(environment, made)
  const address = urls.find(each => each.startsWith('http://127.0.0.1')) ?? ''
  expect(await notesAt(address)).toBe('1 one')
  await notesAt(address, 'add?of-the-copy')
  await notesAt(url, 'add?of-the-parent')
  expect([await notesAt(address), await notesAt(url)]).toEqual(['1 of-the-copy one', '1 of-the-parent one'])
  expect(filesBelow(join(workspace.home, 'data', 'backups'))).toEqual([])
})

it('leaves nothing of a new environment that could not be completed', async () => {
  await workspace.json(['variables', 'set', 'NODE_OPTIONS=--no-such', '--project', 'notes'])

  const failed = await runFailing(workspace, [
    'environments',
    'create',
    'copy',
    '-p',
    'notes',
    '--parent',
    'main',
    '--no-data',
  ])

  expect([failed.exitCode, failed.code]).toEqual([7, 'failed.start'])
  expect((await runFailing(workspace, ['environments', 'show', 'copy', '-p', 'notes'])).code).toBe(
    'not-found.environment',
  )
  expect(readdirSync(join(workspace.home, 'data', 'environments'))).toHaveLength(1)
})
