import { edgeContract } from './edge-contract.ts'
import { nodeEdge } from './fixture.ts'

edgeContract(layout => nodeEdge(layout))
