/** Adds to two counters: to one under a new id each time, to the other under ids that all processes use. */
import { sqliteCounter } from '../../src/index.ts';

const [, , file = '', name = '', count = ''] = process.argv;
const counter = sqliteCounter(file, { synchronous: 'normal' });
for (let n = 0; n < Number(count); n += 10) {
  const ten = Array.from({ length: 10 }, (_, i) => n + i);
  await Promise.all(
    ten.flatMap((i) => [
      counter.add('plain', 1, i % 2 === 0 ? { once: `${name}-${i}` } : {}),
      counter.add('once', 1, { once: `${i}` }),
    ]),
  );
}
await counter.close();
