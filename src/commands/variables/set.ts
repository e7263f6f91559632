import { Flags } from '@oclif/core'
import { readAssignments } from '../../lib/cli/assignments.ts'
import { ChangeVariablesCommand } from '../../lib/cli/change-variables-command.ts'
import { dryRunFlag, followFlags, targetFlags } from '../../lib/cli/flags.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/variables/set.ts'
import { levelFlag } from '../../lib/cli/variable-scope.ts'
import { AppError } from '../../lib/core/errors.ts'

export default class VariablesSet extends ChangeVariablesCommand {
  static override summary = 'set variables of an environment or a project'
  static override description =
    'KEY=VALUE, KEY=- (value from stdin, without its last line break) or KEY=@file. Secrets never as KEY=VALUE, which ' +
    'others can read. Says whether the change redeploys, restarts or waits.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> LOG_LEVEL=debug --project shop --environment main',
    '<%= config.bin %> <%= command.id %> API_KEY=- --secret --project shop --environment main < key.txt',
    '<%= config.bin %> <%= command.id %> NODE_OPTIONS=@options.txt --level project --build --no-runtime',
  ]
  static override strict = false
  static override usage = '<%= command.id %> KEY=VALUE... [FLAGS]'
  static override flags = {
    ...targetFlags,
    ...dryRunFlag,
    ...levelFlag,
    build: Flags.boolean({ allowNo: true, default: false, description: 'visible to builds' }),
    ...followFlags,
    runtime: Flags.boolean({ allowNo: true, default: true, description: 'visible to running applications' }),
    secret: Flags.boolean({ default: false, description: 'never print it again' }),
  }

  async run(): Promise<Result> {
    const { argv, flags } = await this.parse(VariablesSet)
    if (argv.length === 0) {
      throw new AppError('usage.variable', 'nothing to set', { suggestions: ['aloft variables set KEY=VALUE'] })
    }
    const provider = await this.openProvider(flags)
    const { support } = requirePart(provider, 'variables')
    const { build, runtime, secret } = flags
    requireOption(support.secrets || !secret, provider, '--secret')
    requireOption(support.buildTime || !build, provider, '--build')
    const { directory } = this.runtime
    const stdin = this.runtime.stdin()
    const assignments = await readAssignments(argv.map(String), { directory, secret, stdin })
    const set = assignments.map(each => ({ ...each, secret, visibleAtBuild: build, visibleAtRuntime: runtime }))
    return this.change({ flags, provider, set, unset: [] })
  }
}
