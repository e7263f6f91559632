import type { ProviderId } from './port.ts'

/** What is known of a cloud before its provider is loaded. */
export interface Cloud {
  /** Variables from which the cloud's own command line takes a token, and where that token belongs. The first one set holds. */
  readonly tokenVariables: readonly { readonly name: string; readonly address: string }[]
}

/**
 * Liferay's and OutSystems' own programs document no such variable; `ALOFT_TOKEN` is there for them.
 * Source: the configuration of `magento-cloud`, `platform` and `upsun` (`{PREFIX}_CLI_TOKEN`, hosts of the API).
 */
export const clouds: Readonly<Partial<Record<ProviderId, Cloud>>> = {
  'adobe-commerce': {
    tokenVariables: [
      { address: 'https://api.magento.cloud', name: 'MAGENTO_CLOUD_CLI_TOKEN' },
      { address: 'https://api.platform.sh', name: 'PLATFORMSH_CLI_TOKEN' },
      { address: 'https://api.upsun.com', name: 'UPSUN_CLI_TOKEN' },
    ],
  },
}
