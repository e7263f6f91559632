import { Flags } from '@oclif/core'
import { dryRunFlag, targetFlags } from '../lib/cli/flags.ts'
import { removeLink, writeLink } from '../lib/cli/link-file.ts'
import { planLink, planUnlink } from '../lib/cli/plan/link.ts'
import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/link.ts'
import { printTarget } from '../lib/cli/target-name.ts'

export default class LinkDirectory extends ResultCommand {
  static override summary = 'bind this directory to a project and an environment'
  static override description =
    'From then on commands run here need neither --project nor --environment. Kept in .aloft/link.json, without secrets.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> --remove',
  ]
  static override flags = {
    ...targetFlags,
    ...dryRunFlag,
    remove: Flags.boolean({ description: 'undo it' }),
  }

  async run(): Promise<Result> {
    const { flags } = await this.parse(LinkDirectory)
    const { directory } = this.runtime
    if (flags.remove) {
      const plan = await this.planned(flags, async () => planUnlink(directory))
      if (plan) return plan
      await removeLink(directory)
      return this.show({ directory, removed: true }, () => `${directory} is no longer linked\n`)
    }
    const provider = await this.openProvider(flags)
    const target = await this.target(flags, provider)
    await provider.environments.get(target, this.call)
    const link = { account: flags.account, provider: flags.provider, ...target }
    const plan = await this.planned(flags, async () => planLink(directory, target))
    if (plan) return plan
    const file = await writeLink(directory, link)
    return this.show({ ...link, file }, () => `${directory} is linked to ${printTarget(target)}\n`)
  }
}
