/**
 * The order in which vitest runs the files: what takes longest begins first, so that nobody waits for it
 * at the end.
 *
 * Vitest knows how long a file took the last time. Where there was none, as in CI, it goes by the size,
 * which is wrong for conformance files: each is a few lines that run a whole suite.
 * @module
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = (file: TestSpecification) =>
      file.moduleId.endsWith('.conformance.test.ts') &&
      this.ctx.cache.getTestSpecificationResult(file) === undefined;
    // Sorting is stable: apart from that, the order stays.
    return sorted.sort((a, b) => Number(isLong(b)) - Number(isLong(a)));
  }
}
