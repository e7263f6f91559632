import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../../../../src/lib/cli/exit-codes.ts'
import { variableGroups } from '../../../../../src/lib/cli/help/environment-variables.ts'
import type { PageStyle } from '../../../../../src/lib/cli/help/page.ts'
import { findHelpTopic, helpTopics } from '../../../../../src/lib/cli/help/topics.ts'

const plain = (width: number): PageStyle => ({ bold: text => text, width })

describe('help topics', () => {
  it.each(helpTopics)('$name has a page that fits its width', ({ render }) => {
    for (const width of [80, 100]) {
      const lines = render(plain(width)).split('\n')

      expect(lines.filter(line => line.length > width || line !== line.trimEnd())).toEqual([])
    }
  })

  it('exit-codes lists the table of the program', () => {
    const page = findHelpTopic(['exit-codes'])?.render(plain(300)) ?? ''

    const lines = page.split('\n').map(line => line.trim())
    expect(lines).toEqual(expect.arrayContaining(exitCodes.map(({ code, meaning }) => `${code}  ${meaning}`)))
  })

  it('environment-variables lists every variable', () => {
    const page = findHelpTopic(['environment-variables'])?.render(plain(80)) ?? ''

    for (const { variables } of variableGroups) for (const [name] of variables) expect(page).toContain(`  ${name}`)
  })

  it('marks headings where there are colours', () => {
    const page = findHelpTopic(['json'])?.render({ bold: text => `<${text}>`, width: 80 })

    expect(page).toContain('<STREAMS>\n')
  })
})
