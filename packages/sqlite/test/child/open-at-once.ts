/** Says that it is ready, and opens the file as soon as it is told to. */
import { once } from 'node:events';
import { sqliteRunStore } from '../../src/index.ts';

const store = sqliteRunStore(process.argv[2] ?? '');
console.log('ready');
await once(process.stdin, 'data');
process.stdin.destroy();
console.log((await store.readRun('r'))?.runId ?? 'opened');
await store.close();
