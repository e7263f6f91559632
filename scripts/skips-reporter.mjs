/** Says which tests were skipped and why (`context.skip(reason)`): a skip without a word hides a hole. */
export default class SkipsReporter {
  onTestRunEnd(testModules) {
    for (const module of testModules) {
      for (const test of module.children.allTests('skipped')) {
        if (test.options.mode === 'todo') continue
        console.log(
          `skipped: ${module.relativeModuleId} > ${test.fullName}: ${test.result().note ?? 'no reason given'}`,
        )
      }
    }
  }
}
