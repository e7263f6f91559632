import { expect, test } from 'vitest'
import type { ApplicationSpec } from '../../../../../src/lib/config/environment-spec.ts'
import { buildKey } from '../../../../../src/lib/platform/build/build-key.ts'
import type { BuildRequest } from '../../../../../src/lib/platform/build/build-request.ts'
import { applicationSpec, workerSpec } from '../../../../helpers/specs.ts'

const mount = { path: 'var', source: 'shared', sourcePath: '', volume: 'var' } as const
const made = { runtimes: ['nodejs 22.1.0 /usr/bin/node'], subtree: 'a'.repeat(64) }
const request = (over: Partial<BuildRequest> = {}, application: Partial<ApplicationSpec> = {}): BuildRequest => ({
  application: applicationSpec('web', application),
  format: 'aloft',
  project: 'prj_1',
  projectName: 'shop',
  tree: 'b'.repeat(64),
  variables: { A: '1', B: '2' },
  ...over,
})
const build = applicationSpec('web').build
const key = buildKey(request(), made)

test('it is a prefix and 24 hex digits', () => expect(key).toMatch(/^bld_[0-9a-f]{24}$/))

test.each<[string, BuildRequest]>([
  ['the same', request()],
  ['another order of variables', request({ variables: { B: '2', A: '1' } })],
  ['another tree with the same subtree', request({ tree: 'c'.repeat(64) })],
  ['another deploy hook', request({}, { hooks: { deploy: 'migrate' } })],
  ['another scale, probe or strategy', request({}, { probes: {}, scale: 3, strategy: 'recreate' })],
  ['run-time variables', request({}, { variables: { X: '1' } })],
  ['a worker', request({}, { workers: [workerSpec('jobs')] })],
  ['a cron time zone', request({}, { timeZone: 'Europe/Berlin' })],
])('%s: the artifact is reused', (_, other) => expect(buildKey(other, made)).toBe(key))

test.each<[string, string]>([
  ['another subtree', buildKey(request(), { ...made, subtree: 'c'.repeat(64) })],
  ['another runtime', buildKey(request(), { ...made, runtimes: ['nodejs 24.0.0 /usr/bin/node'] })],
  ['another build variable', buildKey(request({ variables: { A: '1', B: '3' } }), made)],
  ['one variable less', buildKey(request({ variables: { A: '1' } }), made)],
  ['another project', buildKey(request({ project: 'prj_2' }), made)],
  ['another hook', buildKey(request({}, { build: { ...build, hook: 'make' } }), made)],
  ['another flavour', buildKey(request({}, { build: { ...build, flavor: 'npm' } }), made)],
  [
    'another global tool',
    buildKey(request({}, { build: { ...build, dependencies: { nodejs: { sass: '*' } } } }), made),
  ],
  ['another build variable in the file', buildKey(request({}, { build: { ...build, variables: { A: '1' } } }), made)],
  ['a mount', buildKey(request({}, { mounts: [mount] }), made)],
  ['a mount of a worker', buildKey(request({}, { workers: [workerSpec('jobs', { mounts: [mount] })] }), made)],
  ['another name', buildKey(request({}, { name: 'api' }), made)],
  ['another prefix', buildKey(request({}, { variablesPrefix: 'PLATFORM_' }), made)],
])('%s: it is built anew', (_, other) => expect(other).not.toBe(key))
