/**
 * Finds what somebody meant who made a typing mistake.
 * @module
 */

/**
 * A sentence with the nearest of the candidates, led by a blank; empty when none is near.
 *
 * @example
 * `There is no option "runafter".${didYouMean('runafter', ['runAfter', 'run'])}`
 */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  // Wide enough for "retries" to find "retry".
  const limit = Math.ceil(word.length * 0.4);
  let nearest: string | undefined;
  let least = limit + 1;
  for (const candidate of candidates) {
    // A length that differs by more cannot be near; this keeps a body of 100,000 names cheap.
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let distance = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) {
        distance = Math.min(distance, at(beforeLast, column - 2) + 1);
      }
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(distances: readonly number[], column: number): number {
  return distances[column] ?? Number.POSITIVE_INFINITY;
}
