/** What stands around the parts of workflows that the page shows. */
import type { EventType, Flow, LoopDetail, Result } from '@runafter/core';

export {
  aggregate,
  consolidate,
  graduated,
  groupingErrorsByCode,
  policyScope,
  quorum,
  tallying,
  tallyingBy,
} from '@runafter/results';

interface Order {
  readonly id: string;
}

export interface Approval {
  readonly ok: boolean;
}

export declare const loop: LoopDetail<string, { readonly team: string }>;

export declare const crm: Result<{ readonly name: string }>;
export declare const rating: Result<{ readonly grade: number }>;

/** A source, and a service. */
export declare const erp: Result<{ readonly openInvoices: number }> & {
  book(order: Order): Promise<void>;
};

export declare const mail: { confirm(order: Order): Promise<void> };
export declare const chat: { post(order: Order): Promise<void> };
export declare function openTask(failure: { readonly path: string }): Promise<void>;

export declare const flow: Flow<Order>;
export const order = flow.action('Order', ({ input }) => input);
export const draft = flow.action('Draft', [order], ([order]) => `Order ${order.id}`);
export declare const approval: EventType<Approval>;
export declare function publish(draft: string, decision: object): Promise<void>;
