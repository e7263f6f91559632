import { stripVTControlCharacters } from 'node:util'
import type { Interfaces } from '@oclif/core'
import { GroupedHelp } from './grouped-help.ts'

export interface HelpOptions {
  /** Also the commands of topics. */
  readonly all?: boolean
  readonly isColoured: boolean
}

/** Help as text instead of output. */
class TextHelp extends GroupedHelp {
  text = ''

  protected override log(...lines: string[]): void {
    this.text += `${lines.join(' ')}\n`
  }
}

/**
 * Help for what the words name: a command, a topic, or all of aloft when there are none. It spoils the ids of the
 * configuration's commands: good for one page. @throws usage.command for what is neither command nor topic
 */
export async function renderHelp(
  config: Interfaces.Config,
  words: readonly string[],
  { all = false, isColoured }: HelpOptions,
): Promise<string> {
  const help = new TextHelp(config, { ...config.pjson.oclif.helpOptions, all })
  await help.showHelp([...words])
  return isColoured ? help.text : stripVTControlCharacters(help.text)
}
