/** An office's services, as far as the first page uses them. */
import type { Flow } from '@runafter/core';
import type { Order } from './shared.ts';

export { platformRetry } from '@runafter/clock';
export { saga } from '@runafter/saga';
export { adaptive, transientRetry } from '@runafter/throttle';

interface Once {
  readonly idempotencyKey: string;
}

interface Cancellable {
  readonly signal: AbortSignal;
}

interface Item {
  readonly customer: string;
  readonly to: string;
}

interface Stock {
  readonly sku: string;
}

export declare const order: Order;
export declare const inventory: {
  check(sku: string, options: Cancellable): Promise<Stock>;
};
export declare const crmApi: {
  create(stock: Stock): Promise<{ readonly id: string }>;
  push(lead: Item, options: Cancellable): Promise<void>;
};
export declare const crm: {
  create(item: Item, options: Cancellable): Promise<{ readonly id: string }>;
};
export declare const mail: { send(to: string, what: Stock | string): Promise<void> };
export declare const chat: { post(stock: Stock): Promise<void> };
export declare const orders: { close(id: string, chat: string, options: Once): Promise<void> };
export declare const directory: {
  create(hire: Item, options: Once): Promise<{ readonly id: string }>;
  removeMadeBy(idempotencyKey: string): Promise<void>;
};
export declare const licences: {
  claim(options: {
    readonly mode: 'assign';
    readonly once: string;
  }): Promise<{ readonly resource: string }>;
  release(once: string): Promise<void>;
};

export declare const flow: Flow<readonly Item[]>;
export const hire = flow.action('Hire', (): Item => ({ customer: '', to: '' }));
