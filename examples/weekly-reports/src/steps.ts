/**
 * What each action of the weekly reports does, one function an action.
 *
 * Invariant: a step can be repeated. Writes to the list look before they repeat themselves, a record is
 * looked up before it is created, mail carries its idempotency key, and the counter remembers who added
 * last.
 * Read next: report-status.ts for the writes to the list, weekly-reports.ts for the order of it all.
 * @module
 */
import type { ActionContext, LoopContext, UnsuccessfulResult } from '@runafter/core';
import type { Stored } from '@runafter/example-office';
import { update } from '@runafter/optimistic';
import type { CounterValue, Customer, ReportItem } from './report.ts';
import { completeReport, failReport, takeReport } from './report-status.ts';
import type { Summary } from './summary.ts';
import { names, type Systems } from './systems.ts';

type Context = ActionContext<void, LoopContext<ReportItem>>;

/** The steps on the given systems. */
export function stepsOn({ reports, customers, countersByName, mail }: Systems) {
  return {
    setProcessing: (context: Context) => takeReport(reports, context.item, context),

    /** Looking first is enough, because the loop works on one report of a customer at a time. */
    async createRecord([{ fields }]: readonly [ReportItem], { signal, idempotencyKey }: Context) {
      const customer: Customer = { crm_name: fields.Customer };
      const found = await customers.find(customer, { signal });
      return found ?? customers.create(customer, { signal, idempotencyKey });
    },

    sendMail([{ fields }]: readonly [ReportItem], { signal, idempotencyKey }: Context) {
      const { AssignedTo, Title, Customer } = fields;
      const body = `The weekly report for ${Customer} is ready for you.`;
      return mail.send({ to: [AssignedTo], subject: Title, body }, { signal, idempotencyKey });
    },

    setComplete(
      [taken, record]: readonly [ReportItem, Stored<string, Customer>, unknown],
      context: Context,
    ) {
      return completeReport(reports, taken, record.id, context);
    },

    setFailed([{ error }]: readonly [UnsuccessfulResult], context: Context) {
      return failReport(reports, context.item, error.message, context);
    },

    /**
     * One addition for all reports. The row itself tells whether it was made before, so making it again
     * does no harm when a reply gets lost.
     */
    async addCount(
      [, summary]: readonly [unknown, Summary],
      { signal, idempotencyKey }: Pick<Context, 'signal' | 'idempotencyKey'>,
    ): Promise<Summary> {
      const add = (counter: CounterValue | undefined) => {
        if (counter === undefined) throw new Error(`There is no counter "${names.counter}".`);
        if (counter.crm_lastaddition === idempotencyKey) return undefined;
        const crm_value = counter.crm_value + summary.rows.length;
        return { crm_value, crm_lastaddition: idempotencyKey };
      };
      await update(countersByName, names.counter, add, { signal, idempotent: true });
      return summary;
    },
  };
}
