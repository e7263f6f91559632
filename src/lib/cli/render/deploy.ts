import type { Activity } from '../../core/model.ts'
import type { DeployPlan, IntakeEvent } from '../../providers/port.ts'
import { printFlags, printTarget } from '../target-name.ts'
import type { Layout } from './layout.ts'
import { renderLink } from './link.ts'
import { renderTable } from './table.ts'
import { renderBytes } from './bytes.ts'

/** What it made, one a line: the addresses of a deployment, or the builds of `--build-only`. */
export function renderDeployed(activity: Activity, layout: Layout): string {
  const made = isDeployed(activity) ? deployedUrls(activity).map(url => renderLink(url, layout)) : buildsOf(activity)
  return made.map(each => `${each}\n`).join('')
}

/** What to type next, for the conversation. */
export function describeDeployed(activity: Activity): readonly string[] {
  const { description, environment, output, project, result, state, type } = activity
  const lines = [`${description}: ${result ?? state}`]
  const flags = environment === undefined ? '' : printFlags({ environment, project })
  if (!isDeployed(activity)) return [...lines, `to deploy it: aloft deploy ${flags} --build ${buildsOf(activity)[0]}`]
  const deployment = output?.['deployment']
  if (typeof deployment === 'string') lines.push(`deployment ${deployment}`)
  if (environment !== undefined && type === 'deploy') lines.push(`to go back: aloft rollback ${flags}`)
  return lines
}

/** Not so with `--build-only`. */
function isDeployed(activity: Activity): boolean {
  const deployment = activity.output?.['deployment']
  return deployment !== undefined || deployedUrls(activity).length > 0 || buildsOf(activity).length === 0
}

function buildsOf({ output }: Activity): readonly string[] {
  const builds = output?.['builds']
  return typeof builds === 'object' && builds !== null
    ? Object.values(builds).filter(build => typeof build === 'string')
    : []
}

/** Where it is served. */
export function deployedUrls({ output }: Activity): readonly string[] {
  const urls = output?.['urls']
  return Array.isArray(urls) ? urls.filter(url => typeof url === 'string') : []
}

export async function renderPlan(plan: DeployPlan, layout: Layout): Promise<string> {
  const steps = await renderTable(
    plan.steps,
    [
      { cell: step => step.phase, name: 'phase' },
      { cell: step => step.service ?? '', name: 'service' },
      { cell: step => step.action, name: 'action' },
    ],
    layout,
  )
  if (!layout.isTerminal) return steps
  const urls = plan.urls.map(url => `  ${url}\n`).join('')
  return `${layout.paint.bold(printTarget(plan.environment))}\n${steps}${urls && `served at\n${urls}`}`
}

export function renderIntake(event: IntakeEvent): string {
  switch (event.type) {
    case 'scanned':
      return `read ${event.files} files (${renderBytes(event.bytes)})`
    case 'sent':
      return `sent ${event.files} files, ${renderBytes(event.bytes)} of ${renderBytes(event.totalBytes)}`
  }
}
