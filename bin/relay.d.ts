export declare function relay(command: string, args: string[]): void
