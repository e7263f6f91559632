import { exchangeContract } from './exchange-contract.ts'
import { proxyContract } from './proxy-contract.ts'
import { trustContract } from './trust-contract.ts'

exchangeContract('undici')
proxyContract('undici')
trustContract('undici')
