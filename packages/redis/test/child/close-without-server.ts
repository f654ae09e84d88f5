/** Tries in vain, closes, and has nothing else to do. */
import { redisDocumentStore } from '../../src/index.ts';

const store = redisDocumentStore(process.argv[2] ?? '');
await store.read('a').catch(({ code }) => console.log(code));
const waiting = store.read('a').catch(() => {});
await store.close();
await waiting;
console.log('closed');
