import { describe, expect, it } from 'vitest'
import { isLiteralHost, localHost } from '../../../../../src/lib/platform/deploy/hosts.ts'

const owner = { environment: 'main', project: 'shop' }
const free = (): boolean => false
const taken = (host: string): boolean => host === 'shop-main.localhost'

describe('the local host of a route', () => {
  it.each([
    ['{default}', 'shop-main.localhost'],
    ['{all}', 'shop-main.localhost'],
    ['www.{default}', 'www--shop-main.localhost'],
    ['*.{default}', '*.shop-main.localhost'],
    ['shop.example.com', 'shop-example-com--shop-main.localhost'],
  ])('of %s is %s', (pattern, host) => {
    expect(localHost(pattern, owner, free)).toBe(host)
  })

  it('stays one valid label of at most 63 bytes', () => {
    const long = { environment: 'e'.repeat(40), project: 'p'.repeat(40) }

    const [label = ''] = localHost('a.very.deep.host.{default}', long, free).split('.')

    expect(label).toMatch(/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/)
  })

  it('settles a clash with a short hash, the same one each time', () => {
    const host = localHost('{default}', owner, taken)

    expect(host).toMatch(/^shop-main-[0-9a-f]{6}\.localhost$/)
    expect(localHost('{default}', owner, taken)).toBe(host)
  })

  it('tells hosts of their own from derived ones', () => {
    expect(isLiteralHost('shop.example.com')).toBe(true)
    expect(isLiteralHost('www.{default}')).toBe(false)
  })
})
