import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { KeeperState, wantsKeeper } from '../../../../../src/lib/platform/engine/process/keeper/state.ts'
import { openPlatformSecrets } from '../../../../../src/lib/platform/secrets.ts'
import { makeDirectory } from '../../../../helpers/cli/run-command.ts'

it.each(['desired.sealed', 'ports.json', 'children.json'])(
  'a keeper that cannot read its %s does not begin as if there were nothing',
  async name => {
    const root = await makeDirectory()
    const options = {
      directory: join(root, 'keeper'),
      environment: 'env_1',
      secrets: openPlatformSecrets(join(root, 'secret.key')),
    }
    expect(wantsKeeper(options)).toBe(false)
    expect(new KeeperState(options).desired.releases).toEqual([])
    mkdirSync(join(options.directory, name))

    expect(() => new KeeperState(options)).toThrow(/EISDIR/)
  },
)
