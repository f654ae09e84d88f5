/** An office's services, as far as the first page uses them. */
import type { RunStore } from '@runafter/core';
import type { Order } from './shared.ts';

interface Once {
  readonly idempotencyKey: string;
}

interface Cancellable {
  readonly signal: AbortSignal;
}

interface Stock {
  readonly sku: string;
}

export declare const store: RunStore;
export declare const order: Order;
export declare const inventory: {
  check(sku: string, options: Cancellable): Promise<Stock>;
};
export declare const crmApi: { create(stock: Stock): Promise<{ readonly id: string }> };
export declare const mail: { send(to: string, what: Stock): Promise<void> };
export declare const chat: { post(stock: Stock): Promise<void> };
export declare const orders: { close(id: string, chat: string, options: Once): Promise<void> };
