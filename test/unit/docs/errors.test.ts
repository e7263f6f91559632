import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errorCodes } from '../../../src/lib/core/error-codes.ts'
import { renderErrorCodes } from '../../../scripts/render-error-codes.ts'

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')

test('docs/errors.md lists every error code as the code has it', () => {
  expect(page, 'run `npm run docs`').toBe(renderErrorCodes(errorCodes))
})
