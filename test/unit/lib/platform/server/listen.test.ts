import { Hono } from 'hono'
import { afterEach, expect, it } from 'vitest'
import type { App } from '../../../../../src/lib/platform/server/app.ts'
import { createAuthenticator } from '../../../../../src/lib/platform/server/authentication.ts'
import { type Listener, listenOnFreePort, listenOnPort } from '../../../../../src/lib/platform/server/listen.ts'

const app: App = new Hono()
const options = {
  app,
  audit: () => undefined,
  authenticate: createAuthenticator('owner', () => undefined),
  streams: [],
}
const open: Listener[] = []

afterEach(async () => {
  for (const { close } of open.splice(0)) await close()
})

it('gives two platforms that start at once a port each', async () => {
  const { close, port } = await listenOnPort(0, options)
  await close()

  open.push(...(await Promise.all([1, 2, 3].map(() => listenOnFreePort([port], options)))))

  const ports = open.map(listener => listener.port)
  expect(ports).toContain(port)
  expect(new Set(ports).size).toBe(3)
  for (const each of ports) expect((await fetch(`http://127.0.0.1:${each}/`)).status).toBe(404)
})
