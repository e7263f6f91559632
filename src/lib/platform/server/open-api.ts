import * as z from 'zod/mini'
import { api } from '../../protocol/api.ts'
import type { Endpoint } from '../../protocol/endpoint.ts'
import { errorDocument } from '../../protocol/model-schemas.ts'

/** The OpenAPI 3.1 description of the HTTP part, made from the schemas that validate it. */
export function openApi(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [name, endpoint] of Object.entries<Endpoint>(api)) {
    const [method = 'GET', path = '/'] = endpoint.call.split(' ')
    const key = path.replaceAll(/:(\w+)/g, '{$1}')
    paths[key] = { ...paths[key], [method.toLowerCase()]: operation(name, endpoint, path) }
  }
  return {
    components: {
      schemas: { Error: schema(z.object({ error: errorDocument })) },
      securitySchemes: { token: { scheme: 'bearer', type: 'http' } },
    },
    info: { license: { name: 'Apache-2.0' }, title: 'aloft platform', version },
    openapi: '3.1.0',
    paths,
    security: [{ token: [] }],
  }
}

function operation(name: string, endpoint: Endpoint, path: string): Record<string, unknown> {
  const { body, query, response, status = 200, summary } = endpoint
  return {
    operationId: name,
    parameters: [...pathParameters(path), ...(query ? queryParameters(query()) : [])],
    ...(body ? { requestBody: { content: json(schema(body())), required: true } } : {}),
    responses: {
      [status]: { content: json(response ? schema(response(), 'output') : { type: 'object' }), description: 'done' },
      default: { content: json({ $ref: '#/components/schemas/Error' }), description: 'what went wrong' },
    },
    summary,
  }
}

function pathParameters(path: string): unknown[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    in: 'path',
    name,
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(query: z.ZodMiniType): unknown[] {
  const { properties = {}, required = [] } = schema(query)
  return Object.entries(properties).map(([name, property]) => ({
    in: 'query',
    name,
    required: required.includes(name),
    schema: property,
  }))
}

function schema(
  of: z.ZodMiniType,
  io: 'input' | 'output' = 'input',
): { properties?: Record<string, unknown>; required?: string[] } {
  const { $schema: _, ...rest } = z.toJSONSchema(of, { io, unrepresentable: 'any' })
  return rest
}

function json(of: unknown): Record<string, unknown> {
  return { 'application/json': { schema: of } }
}
