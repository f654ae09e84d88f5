/** Sends a signal to a run. */
import { sqliteRunStore } from '../../src/index.ts';

const store = sqliteRunStore(process.argv[2] ?? '');
console.log(await store.putSignal('r', { event: 'approval', payload: '{}' }));
await store.close();
