import type { BuildStore, DeploymentStore, NewActivity } from '../../../src/lib/platform/store/port.ts'

export function newActivity(change: Partial<NewActivity> = {}): NewActivity {
  return {
    createdBy: 'me',
    description: 'deploy shop',
    environment: 'main',
    input: {},
    lanes: [],
    project: 'shop',
    type: 'deploy',
    ...change,
  }
}

interface Place {
  readonly id: string
  readonly project: string
  readonly environment: string
}

export function deploymentOf(place: Place): Parameters<DeploymentStore['create']>[0] {
  return {
    ...place,
    activity: 'act_1',
    builds: { web: { id: 'b1', path: ['node/bin'] } },
    formation: [{ count: 2, service: 'web' }],
    message: '',
    restarts: {},
    spec: { applications: [], files: ['aloft.yaml'], format: 'aloft', routes: [], services: [], warnings: [] },
    tree: 't',
    urls: [],
    variables: { PASSWORD: 'deployed-hush' },
  }
}

export function buildOf(project: string): Parameters<BuildStore['put']>[0] {
  return {
    application: 'web',
    id: 'b1',
    path: ['node/bin'],
    project,
    runtime: 'nodejs 22',
    sizeBytes: 5_000_000_000,
    tree: 't',
  }
}
