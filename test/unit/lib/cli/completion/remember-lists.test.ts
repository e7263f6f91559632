import { expect, it } from 'vitest'
import { fetchNames } from '../../../../../src/lib/cli/completion/fetch-names.ts'
import { rememberLists } from '../../../../../src/lib/cli/completion/remember-lists.ts'
import { createAllCapableProvider } from '../../../../helpers/fakes/all-capable-provider.ts'
import { createNoneCapableProvider } from '../../../../helpers/fakes/none-capable-provider.ts'

const call = { signal: new AbortController().signal }
const place = { environment: 'main', project: 'shop' }

it('notes every list that passes, and leaves it as it is', async () => {
  const seen: Record<string, unknown> = {}
  const provider = createAllCapableProvider()
  const noted = rememberLists(provider, (kind, where, candidates) => {
    seen[kind] = [where, candidates.map(({ value }) => value)]
  })

  const fetched = await fetchNames(noted, place, call)

  expect(fetched).toEqual(['projects', 'environments', 'services', 'variables', 'volumes', 'backups', 'activities'])
  expect(seen).toEqual({
    activities: [{}, []],
    backups: [{}, ['bkp_1', 'bkp_0']],
    databases: [place, []],
    environments: [{ project: 'shop' }, ['main']],
    instances: [place, expect.arrayContaining(['web.1'])],
    'managed-services': [place, []],
    projects: [{}, ['shop']],
    services: [place, ['web']],
    variables: [place, ['TOKEN']],
    volumes: [place, ['uploads']],
  })
  expect(await Array.fromAsync(noted.projects.list(call))).toEqual(await Array.fromAsync(provider.projects.list(call)))
})

it('notes which services take connections, and which of those are databases', async () => {
  const seen: Record<string, readonly string[]> = {}
  const provider = createAllCapableProvider()
  const types = { cache: 'valkey:8.0', db: 'mariadb:10.11', files: 'network-storage:', queue: 'rabbitmq:3.10' }
  const managed = Object.entries(types).map(([name, type]) => ({
    desired: 1,
    instances: [],
    kind: 'managed' as const,
    name,
    ready: 1,
    type,
    urls: [],
  }))
  const list = async () => [...((await provider.services?.list(place, call)) ?? []), ...managed]
  const services = provider.services && { ...provider.services, list }
  const noted = rememberLists({ ...provider, services }, (kind, _place, candidates) => {
    seen[kind] = candidates.map(({ value }) => value)
  })

  await noted.services?.list(place, call)

  expect(seen).toMatchObject({
    databases: ['cache', 'db'],
    'managed-services': ['cache', 'db', 'queue'],
    services: ['web', 'cache', 'db', 'files', 'queue'],
  })
})

it('notes what a reader that stops early has seen', async () => {
  const seen: string[] = []
  const noted = rememberLists(createAllCapableProvider(), (_kind, _place, candidates) => {
    seen.push(...candidates.map(({ value }) => value))
  })

  for await (const { name } of noted.projects.list(call)) {
    if (name === 'shop') break
  }

  expect(seen).toEqual(['shop'])
})

it('keeps out of names and descriptions what would break a line', async () => {
  const provider = createAllCapableProvider()
  const noted = rememberLists(
    {
      ...provider,
      projects: {
        ...provider.projects,
        async *list() {
          yield { id: 'prj_1', name: 'shop', title: 'a\tb\n\u001B[31mred' }
        },
      },
    },
    (_kind, _place, candidates) => expect(candidates).toEqual([{ description: 'a b red', value: 'shop' }]),
  )

  await Array.fromAsync(noted.projects.list(call))
  expect.assertions(1)
})

it('asks for nothing that the provider does not have', async () => {
  const provider = createNoneCapableProvider()

  expect(
    await fetchNames(
      rememberLists(provider, () => {}),
      {},
      call,
    ),
  ).not.toContain('services')
})
