/** Where a token comes from. */
export declare function fetchToken(options: {
  readonly signal?: AbortSignal | undefined;
}): Promise<string>;
