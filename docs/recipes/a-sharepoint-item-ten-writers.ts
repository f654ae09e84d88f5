/**
 * A SharePoint item, ten writers: MERGE with the item's ETag, and the whole change again on 412.
 *
 * The page is docs/cookbook/a-sharepoint-item-ten-writers.md. The list is served by the office of the
 * examples, which keeps to SharePoint's rules about ETags.
 * @module
 */
import assert from 'node:assert/strict';
import { officeClient, startOffice } from '@runafter/example-office';
import { httpDocumentStore, sharePointListItems } from '@runafter/http';
import { update } from '@runafter/optimistic';

interface Report {
  readonly Title: string;
  readonly Approvals: number;
}

const office = await startOffice({ speed: 100, sharepoint: { limit: 'off' } });
const columns = ['Title', 'Approvals'];
const noneYet = { Title: 'North', Approvals: 0 };
office.createList('Reports', columns, [noneYet, noneYet]);
const approvers = Array.from({ length: 10 }, (_, index) => `approver-${index + 1}`);

async function asPeopleWriteIt(): Promise<void> {
  const reports = officeClient(office.url).list<Report>('Reports');
  // #region bug
  await Promise.all(
    approvers.map(async () => {
      const { fields } = await reports.get(1);
      await reports.update(1, '*', { Approvals: fields.Approvals + 1 }); // If-Match: *
    }),
  );
  const { fields } = await reports.get(1);
  assert(fields.Approvals < 10); // ten have approved, and each got a 204
  // #endregion
}

async function withEtags(): Promise<void> {
  const site = `${office.url}/sharepoint`;
  // #region fix
  // Each approver works alone, as ten flows would.
  const attempts = await Promise.all(
    approvers.map(async () => {
      const reports = httpDocumentStore<Report>(
        sharePointListItems({ site, list: 'Reports', fields: ['Title', 'Approvals'] }),
      );
      const approve = (report?: Report) => report && { ...report, Approvals: report.Approvals + 1 };
      return (await update(reports, '2', approve)).attempts;
    }),
  );
  assert.equal(
    (await officeClient(office.url).list<Report>('Reports').get(2)).fields.Approvals,
    10,
  );
  assert(Math.max(...attempts) > 1); // somebody was too late, got a 412, and read again
  // #endregion
}

await asPeopleWriteIt();
await withEtags();
await office.close();
