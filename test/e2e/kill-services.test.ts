import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { postgresql } from '../../src/lib/platform/services/postgresql.ts'
import { writeFiles } from '../helpers/small-app.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const PROGRAM = fileURLToPath(new URL('../helpers/platform-with-faults.ts', import.meta.url))
const APPLICATION = `
applications:
  web:
    type: nodejs:24
    build: {flavor: none}
    web: {commands: {start: node server.js}}
routes:
  http://{default}/: {type: upstream, upstream: 'web:http'}
`
const SERVER = "require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.PORT)\n"
const activity = z.object({ id: z.string(), result: z.optional(z.string()), state: z.string() })
const services = z.array(z.object({ name: z.string(), ready: z.number() }))
const { found: hasPostgresql } = await postgresql.locate()

/** Moments at which things are made or gone and no record says so yet. */
const MAKING = ['services-prepare after-run', 'services after-run']
const DELETING = ['services-stop after-run', 'services-delete after-run']

describe.skipIf(!hasPostgresql)(
  `a platform that is killed${hasPostgresql ? '' : ' (no PostgreSQL on this machine)'}`,
  () => {
    let workspace: Workspace
    let project: string

    beforeAll(() => {
      workspace = createWorkspace()
      writeFiles(workspace, 'without', { 'aloft.yaml': APPLICATION, 'server.js': SERVER })
      writeFiles(workspace, 'with', {
        'aloft.yaml': `${APPLICATION}services: {db: {type: postgresql}}\n`,
        'server.js': SERVER,
      })
    })
    afterAll(() => workspace?.close())

    it.each([...MAKING.entries()])(
      'while it makes a managed service is followed by one that makes it once (%i: %s)',
      async (index, moment) => {
        project = `new-${index}`
        await dieAt(moment, 'with')

        expect(await running()).toEqual(['db 1', 'web 1'])
      },
    )

    it.each(DELETING)('while it deletes one is followed by one that deletes it (%s)', async moment => {
      project = 'old'
      await workspace.json(['deploy', join(workspace.directory, 'with'), ...target()])
      expect(await running()).toEqual(['db 1', 'web 1'])

      await dieAt(moment, 'without')

      expect(await running()).toEqual(['web 1'])
      expect(await workspace.json(['volumes', ...target()])).toEqual([])
    })

    /** Deploys with a platform that dies at that moment; the next one has to bring it to a good end. */
    async function dieAt(moment: string, source: string): Promise<void> {
      await workspace.aloft(['platform', 'stop'])
      const platform = spawn(process.execPath, [PROGRAM], {
        env: {
          ...process.env,
          ALOFT_HOME: workspace.home,
          FAULT_LOG: join(workspace.directory, 'moments'),
          FAULT_STEP: moment,
        },
        stdio: 'ignore',
      })
      await untilUp(platform)
      const died = once(platform, 'exit')
      const started = await workspace.json(['deploy', join(workspace.directory, source), ...target(), '--no-wait'])
      const { id } = z.parse(activity, started)
      await died
      const done = await until(
        `${id} is finished`,
        async () => {
          const now = z.parse(activity, await workspace.json(['activities', 'show', id]))
          return now.state === 'finished' && now
        },
        60_000,
      )
      expect(done.result).toBe('success')
    }

    async function untilUp(platform: ChildProcess): Promise<void> {
      await until(
        'the platform answers',
        async () => (await workspace.platformPid().catch(() => undefined)) === platform.pid,
        60_000,
      )
    }

    async function running(): Promise<string[]> {
      const all = z.parse(services, await workspace.json(['services', ...target()]))
      return all.map(({ name, ready }) => `${name} ${ready}`).toSorted()
    }

    function target(): string[] {
      return ['--project', project, '--environment', 'main']
    }
  },
)
