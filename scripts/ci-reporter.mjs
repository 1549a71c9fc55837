// A jest reporter that writes the totals to the file named by TEST_TOTALS, as "passed failed". What jest counts in no test is
// counted here: a file that could not be run, or whose set-up or clean-up failed, is one failure.
import { writeFileSync } from "node:fs";

export default class {
  onRunComplete(_contexts, results) {
    const withoutFailedTest = results.testResults.filter(
      (file) => file.numFailingTests === 0 && (file.testExecError || file.failureMessage),
    );
    const failed = results.numFailedTests + withoutFailedTest.length + (results.wasInterrupted ? 1 : 0);
    if (process.env.TEST_TOTALS) writeFileSync(process.env.TEST_TOTALS, `${results.numPassedTests} ${failed}\n`);
  }
}
