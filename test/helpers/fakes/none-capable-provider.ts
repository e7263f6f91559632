import { OPTIONAL_PARTS, type Provider } from '../../../src/lib/providers/port.ts'

async function* nothing(): AsyncGenerator<never> {}

const refusal = (part: string) => ({ instead: [`open a ticket for ${part}`], reason: `this cloud has no ${part}` })

async function refuse(): Promise<never> {
  throw new Error('a call that is not supported was made')
}

/** The three mandatory parts and nothing else, each refusal with a reason and a way out. */
export function createNoneCapableProvider(): Provider {
  return {
    auth: {
      identity: async () => ({ account: 'fake', address: 'https://none.example', user: 'ada' }),
      revoke: async () => {},
      support: { methods: ['none'] },
    },
    close: async () => {},
    environments: {
      clone: refuse,
      create: refuse,
      delete: refuse,
      get: async ({ environment }) => ({
        id: 'env_1',
        name: environment,
        status: 'active',
        type: 'production',
        urls: [],
      }),
      list: nothing,
      pause: refuse,
      resume: refuse,
      sync: refuse,
      support: {
        belongToProject: false,
        clone: false,
        create: false,
        delete: false,
        lastBackup: false,
        parents: false,
        pause: false,
        sync: false,
        types: [],
      },
    },
    id: 'none',
    projects: {
      create: refuse,
      delete: refuse,
      get: refuse,
      list: nothing,
      support: { create: false, delete: false },
    },
    refusals: Object.fromEntries(OPTIONAL_PARTS.map(part => [part, refusal(part)])),
    title: 'None Cloud',
  }
}
