/**
 * What has to be known of a REST resource to keep documents in it.
 *
 * Read next: share-point-list-items.ts and dataverse-rows.ts, which fill this in for two services.
 * @module
 */

/** What a request is for. */
export type HttpOperation = 'read' | 'create' | 'replace' | 'remove';

/** A reply that has come to its end. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  json(): unknown;
}

/**
 * What a reply says: it is done; the document is not there; it is not as the condition wants it (changed,
 * removed, or there already); or the service will not do it. Undefined leaves the decision to the status.
 */
export type HttpMeaning = 'done' | 'missing' | 'conflict' | 'refused' | undefined;

/** One document in a page of them. */
export interface HttpEntry {
  readonly key: string;
  /** As the service will accept it in `If-Match`. */
  readonly etag: string;
}

/** How documents are listed. */
export interface HttpListing {
  /** Where the first page is. The prefix may be used to narrow it down; what does not fit is left out anyway. */
  readonly url: (prefix: string) => URL | string;
  /** What is in a page. */
  readonly entries: (page: HttpReply) => Iterable<HttpEntry>;
  /**
   * Where the next page is; undefined after the last one. Default: `@odata.nextLink` or `odata.nextLink` in
   * the body, or `Link: <…>; rel="next"`. It has to be at the origin of the first page.
   */
  readonly next?: ((page: HttpReply) => URL | string | undefined) | undefined;
}

/**
 * Fetches the bearer token for one request; asked before each, so it should cache.
 *
 * @param options.signal - aborted when the request is.
 */
export type TokenProvider = (options: { readonly signal: AbortSignal }) => string | Promise<string>;

/** A REST resource with an ETag. */
export interface HttpResource {
  /** What errors call it. Default: `HTTP documents`. */
  readonly name?: string | undefined;
  /**
   * Where the document of a key is: a text with `{key}`, in whose place the encoded key is put, such as
   * `'https://api.example.com/orders/{key}'`; or a function, which then sees to it that no two keys have
   * the same address.
   */
  readonly url: string | ((key: string, operation: HttpOperation) => URL | string);
  /** How documents are listed. Default: they cannot be. */
  readonly list?: HttpListing | undefined;
  /** Sent with every request. `Accept` and `Content-Type` are `application/json` where they are not here. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default: no `Authorization`. */
  readonly token?: TokenProvider | undefined;
  /**
   * How a document is replaced, with `If-Match`. `'MERGE'` is a POST with `X-HTTP-Method: MERGE`. With PATCH
   * and MERGE, fields that the value does not have stay as they are. Default `'PUT'`.
   */
  readonly replace?: 'PUT' | 'PATCH' | 'MERGE' | undefined;
  /** How a document is created, with `If-None-Match: *`; false: it cannot be. Default `'PUT'`. */
  readonly create?: 'PUT' | 'PATCH' | false | undefined;
  /** Whether a DELETE with `If-Match` removes it. Default true. */
  readonly remove?: boolean | undefined;
  /** Makes the value of a body, both JSON: leaves annotations out, unwraps. Default: the body is the value. */
  readonly parse?: ((body: unknown) => unknown) | undefined;
  /** Makes the body of a value, both JSON: leaves out what cannot be written. Default: the value is the body. */
  readonly format?: ((value: unknown) => unknown) | undefined;
  /**
   * Reads what the service means, where the status alone does not say it: `'done'` for a 202 of a service
   * that has done it by then. Default: the status decides.
   */
  readonly meaning?: ((reply: HttpReply, operation: HttpOperation) => HttpMeaning) | undefined;
}
