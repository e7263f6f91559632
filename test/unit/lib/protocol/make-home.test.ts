import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeCode } from '../../../../src/lib/cli/start/code-cache.ts'
import { writeLiveNames } from '../../../../src/lib/cli/completion/live-names.ts'
import { makeHomeDirectory } from '../../../../src/lib/protocol/make-home.ts'
import { makeDirectory } from '../../../helpers/cli/run-command.ts'

/** Instances may run as users of their own: they have to get through to what is theirs below it. */
it.each<[string, (home: string) => Promise<void> | void]>([
  ['settings', home => makeHomeDirectory(join(home, 'config'), 0o700)],
  ['compiled code', home => writeCode(join(home, 'cache', 'code', 'build', 'deploy'), Buffer.from('code'))],
  ['names', home => writeLiveNames(join(home, 'cache', 'completion'), { account: 'local', kind: 'projects' }, [])],
])('others can pass through a home that was made for %s, and not look into it', async (_what, make) => {
  const home = join(await makeDirectory(), 'home')
  await make(home)

  expect(statSync(home).mode & 0o777).toBe(0o711)
})

it('a directory of the home is for its user alone where that is asked for', async () => {
  const config = join(await makeDirectory(), 'home', 'config')
  await makeHomeDirectory(config, 0o700)

  expect(statSync(config).mode & 0o777).toBe(0o700)
})
