/** A store whose leases have an end, and work that one of them guards. */
interface LeaseStore {
  acquire(name: string, ttl: string): Promise<void>;
  renew(name: string, ttl: string, options: { readonly signal: AbortSignal }): Promise<boolean>;
  release(name: string): Promise<void>;
}

export declare const store: LeaseStore;
export declare const name: string;
export declare function work(options: { readonly signal: AbortSignal }): Promise<void>;
