/**
 * The name that a heading has as the target of a link: the same in the repository and on the site.
 *
 * @example
 * headingSlug('What it does *not* do'); // what-it-does-not-do
 */
export function headingSlug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');
}
