import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'

const HEAD = `aloft is under the Apache License 2.0 (LICENSE). Its files contain the packages below, whose licences ask for these notices.
Each text stands once, after the packages that come with it.
`
const RULE = `\n${'-'.repeat(80)}\n\n`
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i
/** What copies of a text differ in: whose the work is, and its heading. Lines of a text that begin with that word go on otherwise. */
const COPYRIGHT = /^\W*(?:[Pp]ortions )?(?:[Cc]opyright (?:\([Cc]\)|©)|Copyright [\dA-Z[])/
const HEADING = /^\W*((the )?(mit|isc|bsd[-\w ]*)( licen[cs]e)?|apache license)\W*(\(mit\))?\W*$/i
/** What follows it in Apache's licence tells how to use it. */
const END_OF_TERMS = 'end of terms and conditions'

const packageSchema = z.object({
  author: z.optional(z.union([z.string(), z.object({ name: z.string() })])),
  license: z.string(),
  name: z.string(),
  repository: z.optional(z.union([z.string(), z.object({ url: z.string() })])),
  version: z.string(),
})
type Package = z.infer<typeof packageSchema>

interface Licence {
  /** Name, version, SPDX identifier and copyright of the package. */
  readonly title: string
  readonly text: string
}

/** The packages that files are of, as directories; of the repository's own files there are none. */
export function packagesOf(files: readonly string[]): ReadonlySet<string> {
  const directory = /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/
  return new Set(files.flatMap(file => directory.exec(file)?.[0] ?? []))
}

/** The licences of packages, by their directories below `root`. @throws when a package names none */
export function noticesOf(root: string, directories: Iterable<string>): string {
  const licences = [...directories].toSorted().map(directory => readLicence(join(root, directory)))
  const groups = Map.groupBy(licences, ({ text }) => canonical(text))
  const own = canonical(textOf(readFileSync(join(root, 'LICENSE'), 'utf8')))
  const parts = [...groups].map(([key, of]) => {
    const titles = [...new Set(of.map(({ title }) => title))].join('\n')
    return `${titles}\n\n${key === own ? 'The text is that of LICENSE.' : of[0]?.text}\n`
  })
  return [HEAD, ...parts].join(RULE)
}

function readLicence(directory: string): Licence {
  const about = z.parse(packageSchema, JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')))
  const files = readdirSync(directory).filter(file => LICENCE_FILE.test(file))
  const whole = files.map(file => readFileSync(join(directory, file), 'utf8')).join('\n\n')
  const title = [`${about.name} ${about.version} (${about.license})`, ...copyrightOf(about, whole)].join('; ')
  return { text: whole === '' || about.license === 'MPL-2.0' ? reference(about) : textOf(whole), title }
}

function copyrightOf({ author = '' }: Package, whole: string): string[] {
  const lines = linesOf(whole).filter(line => COPYRIGHT.test(line) && !line.includes('[yyyy]'))
  if (lines.length === 0) return [typeof author === 'string' ? author : author.name]
  return lines.map(line => line.replace(/^\W+/, ''))
}

/** Where it comes without a text; and all that the Mozilla Public License asks for beside what is no source (section 3.2). */
function reference({ license, repository = '' }: Package): string {
  const source = typeof repository === 'string' ? repository : repository.url
  return `Its source is at ${source}, its licence ${license} at https://spdx.org/licenses/${license}`
}

/** Without heading and copyright, which stand with the names of the packages. */
function textOf(whole: string): string {
  const lines = linesOf(whole).filter(line => !COPYRIGHT.test(line) && !HEADING.test(line))
  return lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).map(line => line.trimEnd())
}

/** The same for copies that are wrapped, quoted, listed or completed otherwise. */
export function canonical(text: string): string {
  const [terms = ''] = text.toLowerCase().split(END_OF_TERMS)
  const words = terms.split(/[\s"“”'`*#]+/)
  return words.filter(word => word !== '' && !/^\([a-d]\)$/.test(word)).join(' ')
}
