import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { AppError } from '../../../core/errors.ts'
import { TOKEN_SCOPES } from '../../../protocol/access.ts'
import type { TokenRecord, TokenStore } from '../port.ts'
import type { Base } from './base.ts'
import type { Row } from './database.ts'
import { optionalText, text } from './rows.ts'

/** Each note of a use waits for the disk: more often would slow down every request. */
const USE_NOTED_EVERY_MS = 60_000

export function createTokenStore({ database, now, timestamp }: Base): TokenStore {
  return {
    create: ({ expiresAt, name, project, scope, value }) =>
      database.transaction(() => {
        if (database.get('SELECT 1 FROM tokens WHERE name = :name', { name }))
          throw new AppError('conflict.exists', `there is a token "${name}" already`)
        const createdAt = timestamp()
        database.run(
          `INSERT INTO tokens (name, hash, scope, project, created_at, expires_at)
           VALUES (:name, :hash, :scope, :project, :createdAt, :expiresAt)`,
          { createdAt, expiresAt, hash: digest(value), name, project, scope },
        )
        return { createdAt, expiresAt, name, project, scope }
      }),
    delete: name => database.run('DELETE FROM tokens WHERE name = :name', { name }) > 0,
    list: () => database.all('SELECT * FROM tokens ORDER BY name').map(toToken),
    use(value) {
      const row = database.get('SELECT * FROM tokens WHERE hash = :hash', { hash: digest(value) })
      if (!row) return undefined
      const token = toToken(row)
      if (token.expiresAt !== undefined && Date.parse(token.expiresAt) <= now()) return undefined
      if (token.lastUsedAt !== undefined && now() - Date.parse(token.lastUsedAt) < USE_NOTED_EVERY_MS) return token
      const at = timestamp()
      database.run('UPDATE tokens SET last_used_at = :at WHERE name = :name', { at, name: token.name })
      return { ...token, lastUsedAt: at }
    },
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

function toToken(row: Row): TokenRecord {
  return {
    createdAt: text(row, 'created_at'),
    expiresAt: optionalText(row, 'expires_at'),
    lastUsedAt: optionalText(row, 'last_used_at'),
    name: text(row, 'name'),
    project: optionalText(row, 'project'),
    scope: z.parse(z.enum(TOKEN_SCOPES), text(row, 'scope')),
  }
}
