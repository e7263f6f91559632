import { AppError } from '../core/errors.ts'
import type { Formation } from '../core/model.ts'
import { nearestNames } from '../core/nearest.ts'

/** `web=3:2cpu:1024MB`, `worker+1`, `api-1`. */
export interface ScaleExpression {
  readonly service: string
  readonly operation: 'set' | 'add'
  /** For `add` the difference; for `set` undefined where only the size changes. */
  readonly count?: number | undefined
  readonly cpu?: number | undefined
  readonly memoryMb?: number | undefined
}

const SHAPE = /^([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(=|\+|-)(.+)$/
const CPU = /^(\d+(?:\.\d+)?)cpus?$/i
const MEMORY = /^(\d+(?:\.\d+)?)(MB|GB|M|G)$/i
const COUNT = /^\d{1,5}$/

/** @throws usage.formation */
export function parseScaleExpression(text: string): ScaleExpression {
  const [, service, operator, rest] = SHAPE.exec(text) ?? []
  if (service === undefined || rest === undefined) throw unreadable(text)
  if (operator !== '=') {
    if (!COUNT.test(rest)) throw unreadable(text)
    return { count: operator === '+' ? Number(rest) : -Number(rest), operation: 'add', service }
  }
  let expression: ScaleExpression = { operation: 'set', service }
  for (const part of rest.split(':')) expression = { ...expression, ...parsePart(part, text) }
  return expression
}

function parsePart(part: string, text: string): Partial<ScaleExpression> {
  if (COUNT.test(part)) return { count: Number(part) }
  const cpu = CPU.exec(part)?.[1]
  if (cpu !== undefined) return { cpu: positive(Number(cpu), text) }
  const [, size, unit] = MEMORY.exec(part) ?? []
  if (size === undefined || unit === undefined) throw unreadable(text)
  return { memoryMb: positive(Math.round(Number(size) * (unit.toUpperCase().startsWith('G') ? 1024 : 1)), text) }
}

function positive(size: number, text: string): number {
  if (size > 0) return size
  throw new AppError('usage.formation', `${JSON.stringify(text)} leaves an instance nothing to run with`, {
    suggestions: ['to stop a service: web=0'],
  })
}

/** The syntax that `parseScaleExpression` accepts. */
export function printFormation({ count, cpu, memoryMb, service }: Formation): string {
  const size = [cpu === undefined ? '' : `:${cpu}cpu`, memoryMb === undefined ? '' : `:${memoryMb}MB`].join('')
  return `${service}=${count}${size}`
}

/** What the named services shall be, given what they are. @throws usage.formation, not-found.service */
export function applyScale(current: readonly Formation[], expressions: readonly ScaleExpression[]): Formation[] {
  const wanted = new Map<string, Formation>()
  for (const expression of expressions) {
    const { service } = expression
    if (wanted.has(service)) throw new AppError('usage.formation', `${service} is named twice`)
    const now = current.find(formation => formation.service === service)
    if (!now) throw unknownService(service, current)
    wanted.set(service, applyOne(now, expression))
  }
  return [...wanted.values()]
}

function applyOne(now: Formation, { count, cpu, memoryMb, operation, service }: ScaleExpression): Formation {
  const next = operation === 'add' ? now.count + (count ?? 0) : (count ?? now.count)
  if (next < 0) {
    throw new AppError(
      'usage.formation',
      `${service} has ${now.count} instances: ${-(count ?? 0)} fewer is not possible`,
    )
  }
  return { ...now, count: next, cpu: cpu ?? now.cpu, memoryMb: memoryMb ?? now.memoryMb }
}

function unknownService(service: string, current: readonly Formation[]): AppError {
  const names = current.map(formation => formation.service)
  const near = nearestNames(service, names)
  const nearest = near.length > 0 ? `; nearest: ${near.join(', ')}` : ''
  return new AppError('not-found.service', `there is no service ${JSON.stringify(service)} to scale${nearest}`, {
    details: { nearest: near, services: names },
    suggestions: names.length > 0 ? [`services: ${names.join(', ')}`] : [],
  })
}

function unreadable(text: string): AppError {
  return new AppError('usage.formation', `${JSON.stringify(text)} is not a scale expression`, {
    suggestions: ['write web=3, web=3:2cpu:1024MB, web=1GB, worker+1 or worker-1'],
  })
}
