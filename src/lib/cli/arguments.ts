import { Args } from '@oclif/core'

/** oclif takes a missing argument from stdin, which is our application's input and its bytes must not be lost. */
export const textArgument = Args.custom({ ignoreStdin: true, parse: async input => input })
