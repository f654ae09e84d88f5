/** Records large outcomes until the store refuses one, and prints the code of its error. */
import { join } from 'node:path';
import { sqliteRunStore } from '../../src/index.ts';
import { createRun, outcome } from '../outcome.ts';

const store = sqliteRunStore(join(process.argv[2] ?? '.', 'runs.db'));
const writer = await createRun(store, 'r');
try {
  for (let key = 0; key < 1_000; key++) {
    await store.recordOutcome(writer, outcome('F', key, 'x'.repeat(10_000)));
  }
} catch (error) {
  console.log((error as { code: string }).code);
}
