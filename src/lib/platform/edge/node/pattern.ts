const NEVER = /(?!)/

/**
 * A regular expression of a project file as one of ours. The clouds write PCRE: `(?i)` in front and `(?P<name>…)` are
 * translated. What still cannot be read matches nothing, so that one environment's fault does not stop the others.
 */
export function toPattern(source: string): RegExp {
  const insensitive = source.startsWith('(?i)')
  const translated = (insensitive ? source.slice(4) : source).replaceAll('(?P<', '(?<')
  try {
    return new RegExp(translated, insensitive ? 'i' : '')
  } catch {
    return NEVER
  }
}
