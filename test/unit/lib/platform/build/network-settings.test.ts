import { expect, it } from 'vitest'
import { networkSettings } from '../../../../../src/lib/platform/build/network-settings.ts'

it('gives builds what they need to reach registries, and nothing else', () => {
  const settings = {
    HTTPS_PROXY: 'http://proxy:3128',
    NODE_EXTRA_CA_CERTS: '/etc/ssl/own.pem',
    no_proxy: 'localhost',
    npm_config_registry: 'http://127.0.0.1:4873/',
  }
  expect(
    networkSettings({ ...settings, ALOFT_TOKEN: 'secret', HOME: '/root', HTTP_PROXY: '', npm_config__auth: 'x' }),
  ).toEqual(settings)
})
