import type { Provider } from '../port.ts'
import { createActivities } from './activities.ts'
import { createAuth } from './auth.ts'
import { createBackups } from './backups.ts'
import type { PlatformClient } from './client.ts'
import { createDeploys } from './deploys.ts'
import { createEnvironments } from './environments.ts'
import { createLogs } from './logs.ts'
import { createProjects } from './projects.ts'
import { createScaling } from './scaling.ts'
import { createServices } from './services.ts'
import { createSessions } from './sessions.ts'
import { createVariables } from './variables.ts'
import { createVolumes } from './volumes.ts'

export interface PlatformProviderOptions {
  readonly client: PlatformClient
  /** Name of the account, for `whoami`. */
  readonly account: string
  /** Directory for the stat caches of source scans. */
  readonly cacheDirectory: string
}

/** aloft's own platform, here or elsewhere. */
export function createPlatformProvider({ account, cacheDirectory, client }: PlatformProviderOptions): Provider {
  return {
    activities: createActivities(client),
    auth: createAuth(client, account),
    backups: createBackups(client),
    close: async () => {},
    deploys: createDeploys(client, { cacheDirectory }),
    environments: createEnvironments(client),
    id: 'platform',
    logs: createLogs(client),
    projects: createProjects(client),
    refusals: {
      members: {
        instead: ['give each person a token: `aloft tokens create NAME`'],
        reason: 'the embedded platform has one owner',
      },
      metrics: {
        instead: ['`aloft services` shows CPU and memory of each instance'],
        reason: 'the embedded platform keeps no metrics yet',
      },
      network: { instead: [], reason: 'the embedded platform has no network rules yet' },
      routes: {
        instead: ['change the routes in the project file and deploy'],
        reason: 'routes come from the project file',
      },
      vpn: {
        instead: ['services of the embedded platform listen on this machine already'],
        reason: 'the embedded platform needs no VPN',
      },
    },
    scaling: createScaling(client),
    services: createServices(client),
    sessions: createSessions(client),
    title: 'aloft platform',
    variables: createVariables(client),
    volumes: createVolumes(client),
  }
}
