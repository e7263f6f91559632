import type { KeyEffects } from '../document/section.ts'

export const SERVICE_EFFECTS: KeyEffects = {
  ignored: {
    autoscale: 'services are not scaled automatically here',
    customDomains: 'belongs to an older format; use loadBalancer.customDomains',
    'loadBalancer.cdn': 'there is no CDN here',
    'loadBalancer.ssl': 'custom certificates are not used here: the edge has its own',
    podManagementPolicy: 'instances are always started in parallel here',
    portsExternalTrafficPolicy: 'has no effect here',
    projectId: 'belongs to an older format and has no effect',
    publishNotReadyAddressesForCluster: 'has no effect here',
  },
  unsupported: {},
}
