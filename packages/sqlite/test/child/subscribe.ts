/** Subscribes to signals and has nothing else to do. */
import { sqliteRunStore } from '../../src/index.ts';

const store = sqliteRunStore(process.argv[2] ?? '', { signalPoll: '1ms' });
await store.readRun('r');
store.onSignal('r', () => {});
