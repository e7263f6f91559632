import type { AuditEntry, LocalPlatform, LocalPlatformStatus } from '../../../src/lib/providers/local-platform.ts'

export const localStatus: LocalPlatformStatus = {
  addresses: {
    api: 'http://127.0.0.1:4000',
    http: 'http://127.0.0.1:8080',
    https: 'https://127.0.0.1:8443',
    socket: '/run/platform.sock',
  },
  engine: { isolation: { description: 'own namespaces', level: 'namespaces' }, name: 'process' },
  environments: 1,
  home: '/home/ada/.aloft',
  pid: 4711,
  protocol: 1,
  startedAt: '2026-01-31T12:00:00.000Z',
  version: '0.1.0',
}

const auditEntry: AuditEntry = {
  at: '2026-01-31T12:00:00.000Z',
  call: 'GET /v1/projects',
  entrance: 'socket',
  request: 'req_1',
  sequence: 1,
  status: 200,
  user: 'ada',
}

/** The embedded platform in memory. */
export function createFakeLocalPlatform(dataDirectory: string): LocalPlatform {
  let running = false
  return {
    audit: {
      list: async () => [auditEntry],
      verify: async () => ({ entries: 1, first: 1, last: 1 }),
    },
    certificateAuthority: async () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    dataDirectory,
    run: async onReady => onReady(localStatus),
    start: async () => {
      running = true
      return localStatus
    },
    wasKilled: () => false,
    status: async () => (running ? localStatus : undefined),
    stop: async () => {
      const was = running
      running = false
      return was
    },
    tokens: {
      create: async ({ name, scope }) => ({ name, scope, token: 'tok_secret' }),
      list: async () => [{ createdAt: '2026-01-31T12:00:00.000Z', name: 'ci', scope: 'deploy' }],
      revoke: async () => {},
    },
  }
}
