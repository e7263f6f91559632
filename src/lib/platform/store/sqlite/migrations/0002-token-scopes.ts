/** Tokens that were there could do all but what is the owner's alone. */
export const tokenScopes = `
ALTER TABLE tokens ADD COLUMN scope TEXT NOT NULL DEFAULT 'write';
ALTER TABLE tokens ADD COLUMN project TEXT;
`
