import type { EnvironmentRef } from '../core/model.ts'

/** `shop/main`, or `main` where environments have no project. */
export function printTarget({ environment, project }: EnvironmentRef): string {
  return project === undefined ? environment : `${project}/${environment}`
}
