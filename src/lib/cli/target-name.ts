import type { EnvironmentRef } from '../core/model.ts'

/** `shop/main`, or `main` where environments have no project. */
export function printTarget({ environment, project }: EnvironmentRef): string {
  return project === undefined ? environment : `${project}/${environment}`
}

/** `-p shop -e main`: what to type to mean it. */
export function printFlags({ environment, project }: EnvironmentRef): string {
  return project === undefined ? `-e ${environment}` : `-p ${project} -e ${environment}`
}
