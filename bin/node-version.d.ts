export declare const REQUIRED: readonly [major: number, minor: number]
export declare function isSupported(version: string): boolean
export declare function relayToPinnedNode(script: string): boolean
