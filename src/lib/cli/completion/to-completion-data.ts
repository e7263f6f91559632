import type { ArgumentData, Candidate, CommandData, CompletionData, FlagData } from './data.ts'
import { type Kind, ruleOfArgument, ruleOfFlag } from './kinds.ts'

/** As far as it is read of `oclif.manifest.json`. */
export interface ManifestCommand {
  readonly id: string
  readonly aliases?: readonly string[] | undefined
  readonly hidden?: boolean | undefined
  readonly strict?: boolean | undefined
  readonly summary?: string | undefined
  readonly description?: string | undefined
  readonly args: Readonly<Record<string, ManifestArgument>>
  readonly flags: Readonly<Record<string, ManifestFlag>>
}

interface ManifestArgument {
  readonly name: string
  readonly hidden?: boolean | undefined
  readonly options?: readonly string[] | undefined
}

interface ManifestFlag extends ManifestArgument {
  readonly type: 'boolean' | 'option'
  readonly char?: string | undefined
  readonly description?: string | undefined
  readonly summary?: string | undefined
  readonly env?: string | undefined
  readonly helpGroup?: string | undefined
  readonly helpValue?: string | readonly string[] | undefined
  readonly multiple?: boolean | undefined
}

export interface Known {
  readonly commands: readonly ManifestCommand[]
  readonly topics: Readonly<Record<string, { readonly description?: string | undefined }>>
  /** What `help` has beside commands. */
  readonly pages: readonly Candidate[]
  /** Values that are known without asking anybody. */
  readonly values: Readonly<Partial<Record<Kind, readonly Candidate[]>>>
}

/** What completion offers, from what oclif knows of the commands. */
export function toCompletionData({ commands, pages, topics, values }: Known): CompletionData {
  const toRule = (
    rule: { kind: Kind; suffix?: string } | undefined,
  ): Pick<ArgumentData, 'kind' | 'options' | 'suffix'> => {
    const options = rule && values[rule.kind]
    return options ? { options, ...(rule.suffix !== undefined && { suffix: rule.suffix }) } : { ...rule }
  }
  const toFlag = (words: string, flag: ManifestFlag): FlagData => ({
    description: plain(flag.summary ?? flag.description),
    multiple: flag.multiple === true,
    takesValue: flag.type === 'option',
    value: flag.name,
    ...(flag.char !== undefined && { char: flag.char }),
    ...(flag.env !== undefined && { env: flag.env }),
    ...(flag.options
      ? { options: flag.options.map(value => ({ description: '', value })) }
      : toRule(ruleOfFlag(words, { helpValue: String(flag.helpValue), name: flag.name }))),
  })
  const toCommand = ({ args, description, flags, id, strict, summary }: ManifestCommand): CommandData => {
    const words = toWords(id)
    const own = Object.values(args).filter(({ hidden }) => !hidden)
    const named = own.map(({ name, options }): ArgumentData => ({
      name,
      ...(options
        ? { options: options.map(value => ({ description: '', value })) }
        : toRule(ruleOfArgument(words, name))),
    }))
    const more = strict === false ? [{ name: '...', ...toRule(ruleOfArgument(words, '...')) }] : []
    return {
      arguments: [...named.filter(() => more.length === 0 || more[0]?.kind === undefined), ...more],
      flags: Object.values(flags)
        .filter(({ hidden }) => !hidden)
        // what every command has goes last
        .toSorted((a, b) => Number(a.helpGroup === 'GLOBAL') - Number(b.helpGroup === 'GLOBAL'))
        .map(flag => toFlag(words, flag)),
      repeats: strict === false,
      summary: plain(summary ?? description),
    }
  }
  const visible = commands.filter(({ hidden }) => !hidden)
  const entries = visible.flatMap(command =>
    [command.id, ...(command.aliases ?? [])].map(id => [toWords(id), toCommand(command)] as const),
  )
  return {
    commands: Object.fromEntries(entries),
    pages,
    topics: Object.fromEntries(
      Object.entries(topics).map(([id, { description }]) => [toWords(id), plain(description)]),
    ),
  }
}

function toWords(id: string): string {
  return id.replaceAll(':', ' ')
}

/** The first line, without a template's marks. */
function plain(text = ''): string {
  return (text.split('\n')[0] ?? '').replaceAll(/<%=.*?%>/g, '').trim()
}
