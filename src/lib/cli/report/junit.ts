import { access, constants, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { AppError } from '../../core/errors.ts'
import { printTarget } from '../target-name.ts'
import type { PhaseRecord, RunRecord } from './record.ts'

/** The file as an absolute path. Checked before anything is started. @throws not-found.file */
export async function checkReportFile(directory: string, file: string): Promise<string> {
  const path = resolve(directory, file)
  try {
    await access(dirname(path), constants.W_OK)
  } catch (cause) {
    throw new AppError('not-found.file', `the report cannot be written to ${dirname(path)}`, { cause })
  }
  if ((await stat(path).catch(() => undefined))?.isDirectory() === true) {
    throw new AppError('usage.flag', `--junit ${file} is a directory: name a file in it`)
  }
  return path
}

/** Written whole or not at all. */
export async function writeJunit(file: string, record: RunRecord): Promise<void> {
  const [{ default: writeFileAtomic }, text] = await Promise.all([import('write-file-atomic'), renderJunit(record)])
  await writeFileAtomic(file, text)
}

/** One test case for each phase; the one it failed in has the error and its last lines. */
export async function renderJunit(record: RunRecord): Promise<string> {
  const { default: XMLBuilder } = await import('fast-xml-builder')
  const { activity, endedAt, error, phases, startedAt } = record
  const name = toXml(activity?.description ?? 'deploy')
  const place = activity && printTarget({ environment: activity.environment ?? '', project: activity.project })
  const cases = phases.map((phase, index) => ({
    '@classname': toXml(`aloft.${place ?? 'deploy'}`),
    '@name': toXml(phase.name),
    '@time': seconds(phase.endedAt - phase.startedAt),
    ...(error && index === phases.length - 1 ? failureOf(record, phase) : {}),
  }))
  const hasFailed = error !== undefined && isVerdict(record)
  const counts = {
    '@tests': cases.length,
    '@failures': hasFailed ? 1 : 0,
    '@errors': error && !hasFailed ? 1 : 0,
    '@time': seconds(endedAt - startedAt),
  }
  const timestamp = new Date(startedAt).toISOString().replace(/\.\d+Z$/, '')
  const suite = { '@name': name, ...counts, '@timestamp': timestamp, testcase: cases }
  const builder = new XMLBuilder({
    attributeNamePrefix: '@',
    format: true,
    ignoreAttributes: false,
    suppressEmptyNode: true,
    textNodeName: '#',
  })
  const document = {
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: { '@name': 'aloft', ...counts, testsuite: suite },
  }
  return builder.build(document)
}

/** What ran and failed is a failure; what was not seen to its end (interrupted, timed out, cut off) is an error. */
function failureOf(record: RunRecord, { tail }: PhaseRecord): object {
  const { code = '', message = '' } = record.error ?? {}
  const entry = { '@message': toXml(message), '@type': toXml(code), '#': toXml(tail.join('\n')) }
  return isVerdict(record) ? { failure: entry } : { error: entry }
}

function isVerdict({ activity, error }: RunRecord): boolean {
  return activity?.state === 'finished' || error?.code.startsWith('usage.') === true
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3)
}

// oxlint-disable-next-line no-control-regex -- control characters are the subject
const NOT_IN_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g

/** Without what XML 1.0 cannot hold (section 2.2): control characters and halves of surrogate pairs. */
function toXml(text: string): string {
  return stripVTControlCharacters(text).toWellFormed().replaceAll(NOT_IN_XML, '\uFFFD')
}
