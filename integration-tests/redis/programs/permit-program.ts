/**
 * The program of a process that takes permits of a limiter or a gate and keeps them, while another process does things
 * to it.
 *
 * Its only argument is a {@link PermitTask} as JSON. It tells its parent when it has asked and when it is in, and
 * releases when it is told to; see ../permit-process.ts, which starts it.
 * @module
 */
import type { Permit } from '@runafter/clock';
import { endWithParent } from '../../chaos/harness/end-with-parent.ts';
import { openPermits, type PermitTask } from '../open-permits.ts';

/** What it tells its parent. */
export type PermitNews = 'asked' | 'granted';

endWithParent();
// Until it is told to leave, it waits for that.
process.channel?.ref();
const { place, weight, count = 1 }: PermitTask = JSON.parse(process.argv[2] ?? '');
const permits = openPermits(place);
let isLeaving = false;
process.once('message', leave);
const held: Permit[] = [];
const taking = take();
tell('asked');
try {
  await taking;
  tell('granted');
} catch (error) {
  // Who is told to leave before does not wait any more.
  if (!isLeaving) throw error;
}

async function take(): Promise<void> {
  while (held.length < count) held.push(await permits.take(weight));
}

async function leave(): Promise<void> {
  isLeaving = true;
  for (const permit of held) permit.release();
  await permits.close();
  // From here on nothing of the limiter may keep the process alive.
  process.channel?.unref();
}

function tell(news: PermitNews): void {
  process.send?.(news);
}
