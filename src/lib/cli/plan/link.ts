import type { EnvironmentRef } from '../../core/model.ts'
import { type FoundLink, readLink } from '../link-file.ts'
import { printTarget } from '../target-name.ts'
import type { PlannedStep } from './change-plan.ts'

export async function planLink(directory: string, target: EnvironmentRef): Promise<PlannedStep[]> {
  return [
    {
      action: 'link',
      from: print(await ownLink(directory)),
      kind: 'directory',
      name: directory,
      to: printTarget(target),
    },
  ]
}

/** Nothing when the directory itself is not linked. */
export async function planUnlink(directory: string): Promise<PlannedStep[]> {
  const link = await ownLink(directory)
  return link ? [{ action: 'unlink', from: print(link), kind: 'directory', name: directory }] : []
}

async function ownLink(directory: string): Promise<FoundLink | undefined> {
  const link = await readLink(directory)
  return link?.directory === directory ? link : undefined
}

function print(link: FoundLink | undefined): string | undefined {
  return link?.environment === undefined ? link?.project : printTarget({ ...link, environment: link.environment })
}
