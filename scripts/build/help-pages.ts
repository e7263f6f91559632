import { renderHelp } from '../../src/lib/cli/help/render-help.ts'
import { loadConfig, type Program } from '../../src/lib/cli/program.ts'
import { USER_AGENT_MARK } from '../../src/lib/cli/start/help-pages.ts'

/** The help of aloft and of each topic, command and alias, by the words that come before `--help`. */
export async function renderPages(program: Program): Promise<ReadonlyMap<string, string>> {
  const { commands, topics } = await loadConfig(program)
  const ids = new Set(['', ...topics.map(({ name }) => name), ...commands.map(({ id }) => id)])
  const pages = new Map<string, string>()
  for (const id of [...ids].toSorted()) {
    const words = id === '' ? [] : id.split(':')
    const config = await loadConfig(program)
    const text = await renderHelp(config, [...words, '--help'], { isColoured: false })
    pages.set(words.join(' '), text.replaceAll(config.userAgent, USER_AGENT_MARK))
  }
  return pages
}
