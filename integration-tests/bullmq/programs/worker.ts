/** A process that works, as its task says, and tells what its handlers do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { distribute } from '@runafter/bullmq';
import { redisRunStore } from '@runafter/redis';
import { parcels } from '../parcels.ts';

const { url, prefix, lease, eager, mode } = JSON.parse(process.argv[2] ?? '');
const store = redisRunStore(url, { prefix: `${prefix}-runs:` });
const flow = parcels(async (path, signal) => {
  console.log(`begun ${path}`);
  await sleep(mode === 'slow' ? 400 : 5, undefined, { signal });
  console.log(`done ${path}`);
});
const distribution = distribute([flow], {
  connection: { url },
  prefix,
  store,
  lease,
  sweep: '300ms',
});
if (mode === 'brief') {
  await distribution.work();
  const run = await distribution.start(flow, 2);
  console.log((await run.finished).status);
  await distribution.close();
  await store.close();
} else {
  await distribution.work({ eager, drain: '5s' });
  console.log('works');
}
