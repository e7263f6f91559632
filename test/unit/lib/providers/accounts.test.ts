import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openAccounts } from '../../../../src/lib/providers/accounts.ts'
import { makeDirectory } from '../../../helpers/cli/run-command.ts'

it('keeps accounts where nobody else may look', async () => {
  const home = join(await makeDirectory(), 'new')
  const account = { address: 'https://cloud.example', name: 'work', provider: 'platform' }
  await openAccounts({ ALOFT_HOME: home }).add(account, { command: 'pass show cloud' })

  expect(statSync(join(home, 'config')).mode & 0o777).toBe(0o700)
  expect(statSync(join(home, 'config', 'accounts.json')).mode & 0o777).toBe(0o600)
})
