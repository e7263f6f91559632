import { Help } from '@oclif/core'
import { groupNames } from './groups.ts'

/** oclif's help, whose first page groups what there is by what people do. */
export class GroupedHelp extends Help {
  protected override async showRootHelp(): Promise<void> {
    if (this.opts.all) return super.showRootHelp()
    const described = this.#described()
    this.log(this.formatRoot())
    this.log('')
    for (const { names, title } of groupNames([...described.keys()])) {
      const rows = names.map((name): [string, string | undefined] => [name, described.get(name)])
      const list = this.renderList(rows, { indentation: 2, spacer: '\n', stripAnsi: this.opts.stripAnsi ?? false })
      this.log(this.section(title.toUpperCase(), list))
      this.log('')
    }
  }

  /** What can be the first word after `aloft`; a topic's description says more than its own command's. */
  #described(): ReadonlyMap<string, string | undefined> {
    const commands = this.sortedCommands.filter(({ aliases, id }) => !aliases.includes(id) && !id.includes(':'))
    const topics = this.sortedTopics.filter(({ name }) => !name.includes(':'))
    return new Map([
      ...commands.map(command => [command.id, this.summary(command)] as const),
      ...topics.map(({ description, name }) => [name, description?.split('\n', 1)[0]] as const),
    ])
  }
}
