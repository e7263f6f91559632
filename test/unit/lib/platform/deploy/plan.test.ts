import { describe, expect, it } from 'vitest'
import type { EnvironmentSpec } from '../../../../../src/lib/config/environment-spec.ts'
import { describeServices } from '../../../../../src/lib/platform/deploy/describe-services.ts'
import { describePlan, planRelease } from '../../../../../src/lib/platform/deploy/plan.ts'
import { applicationSpec, environmentSpec, workerSpec } from '../../../../helpers/specs.ts'

/** Of the same release again. */
const planOf = (spec: EnvironmentSpec) => planRelease({ formation: [], spec }, { previous: { formation: [], spec } })
const names = (services: readonly { readonly name: string }[]): string[] => services.map(({ name }) => name)

describe('the plan of a release', () => {
  it('starts rolling web services beside the live ones and swaps workers', () => {
    const plan = planOf(environmentSpec([applicationSpec('web', { workers: [workerSpec('queue')] })]))

    expect(plan.beside.map(names)).toEqual([['web']])
    expect(plan.swapped.map(names)).toEqual([['queue']])
    expect(plan).toMatchObject({ holds: false, hooksFirst: true })
  })

  it('holds requests and runs the hook after the start where the format documents stop-start', () => {
    const plan = planOf(environmentSpec([applicationSpec('store', { hooks: { deploy: 'x' }, strategy: 'stop-start' })]))

    expect(plan).toMatchObject({ beside: [], holds: true, hooksFirst: false })
  })

  it('swaps what has a volume of its own, whatever the strategy says', () => {
    const mounts = [{ path: 'data', source: 'instance', sourcePath: 'data', volume: 'data' }] as const
    const plan = planOf(environmentSpec([applicationSpec('database', { mounts })]))

    expect(plan.swapped.map(names)).toEqual([['database']])
  })

  it('starts applications stage by stage, after those they depend on', () => {
    const plan = planOf(
      environmentSpec([
        applicationSpec('api'),
        applicationSpec('search'),
        applicationSpec('web', { dependencies: ['api', 'search'] }),
        applicationSpec('proxy', { dependencies: ['web'] }),
      ]),
    )

    expect(plan.beside.map(names)).toEqual([['api', 'search'], ['web'], ['proxy']])
  })

  it('starts everything stage by stage where nothing runs yet, also what may exist only once', () => {
    const spec = environmentSpec([
      applicationSpec('catalog', { strategy: 'recreate' }),
      applicationSpec('api', { dependencies: ['catalog'] }),
      applicationSpec('web', { dependencies: ['api'] }),
    ])

    expect(planRelease({ formation: [], spec }).beside.map(names)).toEqual([['catalog'], ['api'], ['web']])
    expect(planOf(spec)).toMatchObject({ beside: [[{ name: 'api' }], [{ name: 'web' }]], holds: true })
  })

  it('swaps stage by stage as well', () => {
    const spec = environmentSpec([
      applicationSpec('database', { strategy: 'recreate' }),
      applicationSpec('web', { dependencies: ['database'], strategy: 'recreate' }),
    ])

    expect(planOf(spec).swapped.map(names)).toEqual([['database'], ['web']])
  })

  it('leaves out applications that are not deployed here, and those that only have files', () => {
    const files = { commands: {}, locations: {}, protocol: 'http', socketFamily: 'tcp' } as const
    const plan = planOf(
      environmentSpec([applicationSpec('ci', { deploy: false }), applicationSpec('site', { web: files })]),
    )

    expect([...plan.beside.flat(), ...plan.swapped]).toEqual([])
  })

  it('reads as the steps that will be taken', () => {
    const spec = environmentSpec([
      applicationSpec('web', { hooks: { deploy: 'migrate' }, scale: 2, workers: [workerSpec('queue')] }),
    ])

    const services = describeServices({
      existing: ['cache', 'old'],
      removed: ['old'],
      spec: {
        services: [
          { configuration: {}, diskMb: 2048, name: 'database', type: 'mysql', version: '10.11' },
          { configuration: {}, name: 'cache', type: 'redis' },
          { configuration: {}, diskMb: 256, name: 'files', type: 'network-storage' },
        ],
      },
    })
    const steps = describePlan(planOf(spec), [{ application: 'web', reused: true }], { replaces: true, services })

    expect(steps.map(({ action, phase, service }) => `${phase} ${service ?? '-'}: ${action}`)).toMatchInlineSnapshot(`
      [
        "build web: reuse the build",
        "services database: create an empty mysql 10.11 with 2 GB",
        "services cache: keep the service with its data",
        "services files: create an empty network-storage with 256 MB",
        "hook web: run the deploy hook",
        "start web: start 2 instances beside the live release",
        "stop queue: stop the instances of the live release",
        "start queue: start 1 instance",
        "health -: wait until every instance is ready",
        "switch -: direct requests to the new release",
        "drain -: let running requests finish",
        "retire -: stop the old release",
        "retire old: delete the service with its data",
      ]
    `)
  })
})
