/** Joins a run that several processes work on without a lease, and records its share of the outcomes. */
import { sqliteRunStore } from '../../src/index.ts';
import { createRun, outcome } from '../outcome.ts';

const [, , file = '', name = '', share = '', all = ''] = process.argv;
const store = sqliteRunStore(file);
await createRun(store, 'r');
const joins = [{ frame: '', key: 'Sum', of: Number(all), met: true }];
let ready = 0;
for (let n = 0; n < Number(share); n++) {
  const recorded = await store.recordOutcome(
    { runId: 'r', token: undefined },
    { ...outcome('F', `${name}-${n}`), joins },
  );
  ready += recorded.ready.length;
}
await store.close();
console.log(ready);
