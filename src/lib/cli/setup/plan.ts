import { SERVICE_PROGRAMS, type ServiceProgram } from '../../config/service-programs.ts'
import { AppError } from '../../core/errors.ts'
import { installLine, obstacle } from './debian.ts'
import { isInstalled } from './find-programs.ts'

export interface SetupPlan {
  readonly missing: readonly ServiceProgram[]
  /** What a person types to install them. */
  readonly line: string
  /** Why it cannot be done from here. */
  readonly obstacle: string | undefined
  readonly packages: readonly SetupPackage[]
}

export interface SetupPackage {
  readonly package: string
  readonly title: string
  readonly state: 'present' | 'missing' | 'installed'
}

/** For some types of services or, when none is named, for all. @throws usage.flag */
export function planSetup(types: readonly string[], path: string | undefined): SetupPlan {
  const unknown = types.find(type => !SERVICE_PROGRAMS.some(each => each.types.includes(type)))
  if (unknown !== undefined) throw unknownType(unknown)
  const wanted = SERVICE_PROGRAMS.filter(each => types.length === 0 || each.types.some(type => types.includes(type)))
  const missing = wanted.filter(each => !isInstalled(each, path))
  const names = missing.map(each => each.package)
  return {
    line: installLine(names, process.getuid?.() === 0),
    missing,
    obstacle: obstacle(),
    packages: wanted.map(each => ({
      package: each.package,
      state: missing.includes(each) ? 'missing' : 'present',
      title: each.title,
    })),
  }
}

function unknownType(type: string): AppError {
  const known = SERVICE_PROGRAMS.flatMap(each => each.types).join(', ')
  return new AppError('usage.flag', `there is no type of service ${JSON.stringify(type)} that takes a program`, {
    details: { type },
    suggestions: [`There are: ${known}.`],
  })
}
