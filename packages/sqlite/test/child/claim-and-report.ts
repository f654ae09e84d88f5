/** Claims every attempt of a run that other processes claim, too, and tells how many of its reports counted. */
import { sqliteRunStore } from '../../src/index.ts';
import { createRun } from '../outcome.ts';

const [, , file = '', attempts = ''] = process.argv;
const store = sqliteRunStore(file);
await createRun(store, 'r');
let kept = 0;
for (let key = 0; key < Number(attempts); key++) {
  const place = { frame: 'F', key, attempt: 1 };
  const delivery = await store.claimAttempt('r', place, 1);
  if (delivery === undefined) continue;
  const report = { event: 'ended', payload: '', delivery: { ...place, delivery } };
  if ((await store.putSignal('r', report)) === 'kept') kept++;
}
await store.close();
console.log(kept);
