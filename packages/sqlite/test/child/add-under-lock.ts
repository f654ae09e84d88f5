/** Adds to a number in a plain file, under a lock each time; says with which tokens. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { withLock } from '@runafter/lock';
import { sqliteLock } from '../../src/index.ts';

const [, , file = '', sum = '', count = ''] = process.argv;
const lock = sqliteLock(file, { synchronous: 'normal', poll: 20, wait: '1m' });
const tokens: string[] = [];
for (let n = 0; n < Number(count); n++) {
  await withLock(lock, 'sum', async ({ token }) => {
    const read = Number(readFileSync(sum, 'utf8'));
    await setTimeout(1);
    writeFileSync(sum, String(read + 1));
    tokens.push(String(token));
  });
}
await lock.close();
console.log(tokens.join());
