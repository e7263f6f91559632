import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root } from './setup.mjs'
import { command } from './steps.mjs'

/**
 * Runs vitest projects, counts, and keeps what failed with its error.
 * @param {string[]} projects
 * @returns {Promise<{ isGood: boolean, passed: number, failed: number, skipped: number, failures: string[] }>}
 */
export async function runVitest(projects) {
  const directory = await mkdtemp(join(tmpdir(), 'aloft-vitest-'))
  const report = join(directory, 'report.json')
  try {
    const isGood = await command([
      'vitest',
      'run',
      ...projects.map(project => `--project=${project}`),
      '--reporter=default',
      '--reporter=./scripts/skips-reporter.mjs',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ])
    const results = await readReport(report)
    return { isGood, ...count(results, isGood), failures: failuresOf(results) }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** The last line of a test run, alone on its line. */
export function summary({ failed, passed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** What failed, its error below it, without the test runner's own frames: of a long log the end is what is read. */
function failuresOf(report) {
  return (report?.testResults ?? []).flatMap(({ name, message, status, assertionResults }) => {
    const file = relative(root, name)
    const tests = assertionResults.filter(test => test.status === 'failed')
    if (tests.length === 0)
      return status === 'failed' ? [`${file}\n${message || 'a hook failed: its error is in the log of the step'}`] : []
    return tests.map(({ fullName, failureMessages }) => `${file} > ${fullName}\n${withoutRunner(failureMessages)}`)
  })
}

function withoutRunner(messages) {
  const lines = messages.join('\n').split('\n')
  return lines.filter(line => !line.includes('node_modules') && !line.includes('node:internal')).join('\n')
}

async function readReport(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** A file that could not be loaded, or an error outside of any test, counts as one failure: it must not look like none. */
function count(report, isGood) {
  if (!report) return { failed: 1, passed: 0, skipped: 0 }
  const unloadable = report.testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0)
  const failed = report.numFailedTests + unloadable.length
  return {
    failed: failed === 0 && !isGood ? 1 : failed,
    passed: report.numPassedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
