import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { groupNames, OTHER } from '../../../../../src/lib/cli/help/groups.ts'

const commands = readdirSync(new URL('../../../../../src/commands/', import.meta.url))
const names = commands.map(file => file.replace(/\.ts$/, ''))

it('has every command and topic in exactly one group: add a new one to groups.ts', () => {
  const groups = groupNames(names)

  expect(groups.flatMap(group => group.names).toSorted()).toEqual(names.toSorted())
  expect(groups.map(({ title }) => title)).not.toContain(OTHER)
})

it('leaves out groups of which there is nothing, and puts what is unknown last', () => {
  expect(groupNames(['whoami', 'rollback', 'magic', 'deploy'])).toEqual([
    { names: ['deploy', 'rollback'], title: 'Deploy' },
    { names: ['whoami'], title: 'Accounts' },
    { names: ['magic'], title: OTHER },
  ])
})
