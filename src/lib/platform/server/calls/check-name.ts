import { AppError } from '../../../core/errors.ts'
import { nameProblem } from '../../../core/names.ts'

/** @throws usage.name */
export function checkName(name: string): void {
  const problem = nameProblem(name)
  if (problem !== undefined) throw new AppError('usage.name', problem)
}
