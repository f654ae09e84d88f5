/** The rows of the table of all codes. */
import { type CodeEntry, errorCodes } from '../../../packages/errors/src/index.ts';

export default {
  load: () =>
    Object.entries<CodeEntry>(errorCodes).map(([code, entry]) => ({
      code,
      package: entry.package.replace('@runafter/', ''),
      title: entry.title,
    })),
};
