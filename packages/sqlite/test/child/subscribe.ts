/** Waits for a signal of another process, and has nothing else to do. */
import { sqliteRunStore } from '../../src/index.ts';

const store = sqliteRunStore(process.argv[2] ?? '', { signalPoll: '1ms' });
await store.readRun('r');
const unsubscribe = store.onSignal('r', () => {
  console.log('heard');
  unsubscribe();
});
console.log('waiting');
