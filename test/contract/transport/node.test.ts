import { exchangeContract } from './exchange-contract.ts'
import { proxyContract } from './proxy-contract.ts'
import { trustContract } from './trust-contract.ts'

exchangeContract('node')
proxyContract('node')
trustContract('node')
