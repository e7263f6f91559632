import { describe, expect, it } from 'vitest'
import { applicationService } from '../../../../../src/lib/platform/deploy/desired.ts'
import { serviceVariables } from '../../../../../src/lib/platform/deploy/variables.ts'
import { applicationSpec, environmentSpec, releaseOf, routeSpec } from '../../../../helpers/specs.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64')
const decode = (text: string | undefined): unknown => JSON.parse(Buffer.from(text ?? '', 'base64').toString())

describe('the variables of the Platform.sh family', () => {
  const web = { commands: { start: 'x' }, locations: {}, protocol: 'http', socketFamily: 'tcp' } as const
  const application = applicationSpec('app', {
    variables: { PLATFORM_VARIABLES: encode({ 'theme:colour': 'blue', 'theme:size': 3 }), SHOP: 'harbour' },
    variablesPrefix: 'PLATFORM_',
    web,
  })
  const routes = [
    routeSpec('app', { id: 'main' }),
    routeSpec('app', {
      host: 'www.{default}',
      primary: false,
      target: { code: 301, kind: 'redirect', to: 'http://{default}/' },
    }),
  ]
  const release = releaseOf(environmentSpec([application], routes), {
    hosts: [
      { host: 'shop-main.localhost', pattern: '{default}', port: 20_001 },
      { host: 'www--shop-main.localhost', pattern: 'www.{default}', port: 20_002 },
    ],
    urls: [
      'http://shop-main.localhost:8080/',
      'http://www--shop-main.localhost:8080/',
      'http://127.0.0.1:20001/',
      'http://127.0.0.1:20002/',
    ],
    variables: { 'theme:colour': 'red' },
  })
  const variables = serviceVariables(release, applicationService(release, 'app'))

  it('keep what the file says in groups, with what people set over it', () => {
    expect(decode(variables['PLATFORM_VARIABLES'])).toEqual({ 'theme:colour': 'red', 'theme:size': 3 })
    expect(variables['SHOP']).toBe('harbour')
    expect(variables).not.toHaveProperty('theme:colour')
  })

  it('name every address with what answers there, one of them primary', () => {
    const upstream = {
      attributes: {},
      id: 'main',
      original_url: 'http://{default}/',
      type: 'upstream',
      upstream: 'app',
    }
    const redirect = {
      original_url: 'http://www.{default}/',
      primary: false,
      to: 'http://{default}/',
      type: 'redirect',
    }

    expect(decode(variables['PLATFORM_ROUTES'])).toEqual({
      'http://127.0.0.1:20001/': { ...upstream, primary: false },
      'http://127.0.0.1:20002/': { ...redirect, attributes: {}, id: null },
      'http://shop-main.localhost:8080/': { ...upstream, primary: true },
      'http://www--shop-main.localhost:8080/': { ...redirect, attributes: {}, id: null },
    })
  })
})
