import type { RunStore } from '@runafter/core';
import { describeRunStore } from '@runafter/core/conformance';
import { postgresRunStore } from '@runafter/postgres';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);

  describeRunStore('postgresRunStore', {
    async open() {
      await database.empty();
      const stores: RunStore[] = [];
      return {
        async connect() {
          const store = postgresRunStore(database.pool);
          stores.push(store);
          return store;
        },
        async passTime(ms) {
          await database.pool.query('UPDATE runafter.runs SET expires_at = expires_at - $1', [ms]);
        },
        async close() {
          await Promise.all(stores.map((store) => store.close()));
        },
      };
    },
  });
});
