/*
 * What a caller may do. Each level includes those before it; `owner` is whoever comes over the Unix socket, which only
 * the platform's user can open, and is never given to a token.
 */

/** What a token can be made for: look, also deploy and operate what is there, also change everything else. */
export const TOKEN_SCOPES = ['read', 'deploy', 'write'] as const
export type TokenScope = (typeof TOKEN_SCOPES)[number]

/** The longest that a token may be valid, if not for ever. */
export const MAX_TOKEN_DAYS = 36_500

export const ACCESS_LEVELS = [...TOKEN_SCOPES, 'owner'] as const
export type Access = (typeof ACCESS_LEVELS)[number]
