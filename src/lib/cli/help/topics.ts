import { exitCodes } from '../exit-codes.ts'
import { variableGroups } from './environment-variables.ts'
import { definitions, heading, type PageStyle, paragraph, verbatim } from './page.ts'

/** A page of help that is about no command. */
export interface HelpTopic {
  readonly name: string
  readonly summary: string
  readonly render: (style: PageStyle) => string
}

export const helpTopics: readonly HelpTopic[] = [
  { name: 'environment-variables', render: renderVariables, summary: 'what aloft reads of its environment' },
  { name: 'exit-codes', render: renderExitCodes, summary: 'what a script can tell from the exit code' },
  { name: 'formatting', render: renderFormatting, summary: 'tables, csv, yaml, columns, queries' },
  { name: 'json', render: renderJson, summary: 'what --json prints, and how far it can be relied on' },
]

export function findHelpTopic(words: readonly string[]): HelpTopic | undefined {
  return words.length === 1 ? helpTopics.find(({ name }) => name === words[0]) : undefined
}

function renderExitCodes(style: PageStyle): string {
  return sections([
    heading('exit codes', style),
    definitions(
      exitCodes.map(({ code, meaning }) => [String(code).padStart(3), meaning]),
      style,
    ),
    paragraph(
      'Every failure also has a code in words, such as failed.health: on stderr, and as error.code with --json. ' +
        'Its first word decides the exit code. `aloft explain` lists all of them, `aloft explain CODE` says what to do.',
      style,
    ),
    paragraph(
      '`doctor` and `audit verify` end with 7 when they find something. A reader of the output that has gone ' +
        '(`aloft logs | head`) is no failure: 0.',
      style,
    ),
  ])
}

function renderVariables(style: PageStyle): string {
  return sections([
    ...variableGroups.map(({ title, variables }) => heading(title, style) + definitions(variables, style)),
    paragraph('A flag is stronger than its variable, and a variable stronger than the linked directory.', style),
  ])
}

function renderFormatting(style: PageStyle): string {
  return sections([
    heading('tables', style) +
      paragraph(
        'On a terminal tables are aligned and have a head; in a pipe they are tab-separated values without one, with exact times.',
        style,
      ),
    definitions(
      [
        ['--output table', 'aligned, with a head, in a pipe too'],
        ['--output tsv', 'tab-separated, with a head; values are exact, tabs and line breaks in them are spaces'],
        [
          '--output csv',
          "RFC 4180 with line feeds. A value that a spreadsheet would take for a formula (it begins with = + - @) gets a ' before it: " +
            'programs that want it exact read tsv or json',
        ],
        ['--no-header', 'without the head'],
        ['--columns name,url', 'only these columns, in this order; `--help` of each command lists them'],
        ['--sort created', 'by this column; --sort -created from the last to the first. What is empty comes last'],
      ],
      style,
    ),
    verbatim(
      'aloft services --columns instance,state,memory --sort -memory',
      'aloft explain --output csv --columns code,exit-code > codes.csv',
    ),
    heading('documents', style) +
      definitions(
        [
          ['--json, --output json', 'the whole result; see `aloft help json`'],
          ['--output yaml', 'the same document as YAML'],
          ['--query EXPRESSION', 'only what a JMESPath expression (jmespath.site) selects from the result'],
        ],
        style,
      ),
    paragraph(
      'What a query finds is printed alone: text as it is, everything else as JSON. With --json or --output yaml it is the ' +
        'result of the document.',
      style,
    ),
    verbatim(
      'curl "$(aloft open --query url)"',
      "aloft services --query '[?ready < desired].name'",
      "aloft projects --query '[].{project: name, since: createdAt}' --output yaml",
    ),
  ])
}

function renderJson(style: PageStyle): string {
  return sections([
    heading('json', style) +
      paragraph('--json prints exactly one document on stdout, also when the command fails:', style),
    verbatim(
      '{ "version": 1, "result": …, "warnings": [] }',
      '{ "version": 1, "error": { "code": …, "message": …, … }, "warnings": [] }',
    ),
    paragraph(
      'The exit code is the same with and without it. Warnings are in the document; what is said on the way goes to stderr. ' +
        'Nothing is asked, also on a terminal: what would be asked for is an error that names the flag.',
      style,
    ),
    heading('streams', style) +
      paragraph(
        '`logs`, `activities log` and `platform run` print one object a line, each with a `type`: log, gap, end, ready, ' +
          'warning; a failure is the last line, of type error.',
        style,
      ),
    verbatim('aloft logs --follow --json | jq \'select(.level == "error").message\''),
    heading('what can be relied on', style) +
      paragraph(
        'schemas/ in the sources has a JSON Schema for each command, without room for fields that are not declared. Within ' +
          'one version fields are added, none is removed or changes its meaning. Times are ISO 8601 in UTC, sizes are bytes ' +
          'unless the name says otherwise, and what is absent has no value. error.details and output of an activity are open.',
        style,
      ),
  ])
}

function sections(parts: readonly string[]): string {
  return parts.join('\n')
}
