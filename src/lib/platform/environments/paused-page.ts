import type { Place } from '../deploy/deployments.ts'

/** What visitors of a paused environment read. */
export function pausedPage({ environment, project }: Place): string {
  return `${project.name}/${environment.name} is paused. To start it: ${resumeCommand({ environment, project })}`
}

export function resumeCommand({ environment, project }: Place): string {
  return `aloft environments resume ${environment.name} --project ${project.name}`
}
