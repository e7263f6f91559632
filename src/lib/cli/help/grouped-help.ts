import { styleText } from 'node:util'
import { Help, normalizeArgv } from '@oclif/core/help'
import { unknownCommand } from '../unknown-command.ts'
import { groupNames } from './groups.ts'
import { findHelpTopic, helpTopics } from './topics.ts'

/** oclif's help, with topics of its own, and a first page that groups what there is by what people do. */
export class GroupedHelp extends Help {
  override async showHelp(argv: string[]): Promise<void> {
    const topic = findHelpTopic(argv.filter(word => !word.startsWith('-')))
    if (!topic) return this.#showSubject(argv)
    const page = topic.render({ bold: text => styleText('bold', text), width: this.opts.maxWidth })
    this.log(page.trimEnd())
  }

  /** @throws usage.command for what is neither command nor topic */
  async #showSubject(argv: string[]): Promise<void> {
    const words = argv.filter(word => !word.startsWith('-'))
    const [id = ''] = normalizeArgv(this.config, [...words])
    const isThere = id === '' || this.config.findCommand(id) !== undefined || this.config.findTopic(id) !== undefined
    if (!isThere) throw unknownCommand(words, this.config)
    await super.showHelp(argv)
  }

  protected override async showRootHelp(): Promise<void> {
    if (this.opts.all) return super.showRootHelp()
    const described = this.#described()
    this.log(this.formatRoot())
    this.log('')
    for (const { names, title } of groupNames([...described.keys()])) {
      const rows = names.map((name): [string, string | undefined] => [name, described.get(name)])
      this.#logList(title, rows)
    }
    this.#logList(
      'Help topics',
      helpTopics.map(({ name, summary }) => [`help ${name}`, summary]),
    )
  }

  #logList(title: string, rows: [string, string | undefined][]): void {
    const list = this.renderList(rows, { indentation: 2, spacer: '\n', stripAnsi: this.opts.stripAnsi ?? false })
    this.log(this.section(title.toUpperCase(), list))
    this.log('')
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
