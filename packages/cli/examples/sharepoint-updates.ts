/**
 * Get each item of a SharePoint list, and update it: the job that people have measured at 1, 5, 10, 20 and 50 at once.
 *
 * `runafter plan sharepoint-updates.ts --plan sharepoint-updates.plan.json` predicts what they have measured.
 * @module
 */
import { exponential } from '@runafter/clock';
import { type Flow, workflow } from '@runafter/core';

interface ListItem {
  readonly url: string;
}

const retry = exponential({ count: 20, interval: '20s', maximum: '5m' });

async function call(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.ok) return response;
  throw Object.assign(new Error(`${response.status} ${url}`), {
    status: response.status,
    headers: response.headers,
  });
}

export const updateItems = workflow('Update_Items', (flow: Flow<readonly ListItem[]>) => {
  flow.forEach(
    'Items',
    [],
    (_, { input }) => input,
    (each) => {
      const read = each.action(
        'Get',
        async ({ item, signal }) => (await call(item.url, { signal })).headers.get('etag') ?? '*',
        { retry },
      );
      each.action(
        'Update',
        [read],
        async ([etag], { item, signal }) => {
          const body = JSON.stringify({ Status: 'Processed' });
          await call(item.url, { method: 'PATCH', headers: { 'if-match': etag }, body, signal });
        },
        { retry },
      );
    },
    { concurrency: 10, keep: 'failures' },
  );
});
