/** As HTTP writes an ETag: a header has the quotes, the list of blobs has not. */
export function quoted(etag: string | undefined): string {
  return etag?.startsWith('"') ? etag : `"${etag}"`;
}
