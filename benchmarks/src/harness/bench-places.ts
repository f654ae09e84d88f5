/**
 * The places in real services that the works of a run need. The parent opens them; its children find them
 * in their environment.
 *
 * Services come from where the integration tests have them: see services/README.md there.
 * @module
 */
import { NoServiceError, type PlaceOf, Places, type ServiceName } from 'integration-tests/places';

const variable = 'RUNAFTER_BENCH_PLACES';

/** Places that are there until they are disposed. */
export interface BenchPlaces extends AsyncDisposable {
  /** Services that are not to be had. */
  readonly missing: ReadonlySet<ServiceName>;
}

/**
 * Opens a place in each service, for this process's children.
 *
 * @param say - gets a line about each service: where it comes from, or why there is none.
 * @throws {NoServiceError} a service is not to be had, and has to be: see its `isRequired`.
 */
export async function openPlaces(
  names: Iterable<ServiceName>,
  say: (line: string) => void,
): Promise<BenchPlaces> {
  await using stack = new AsyncDisposableStack();
  const services = stack.use(new Places(say));
  const places: Partial<Record<ServiceName, object>> = {};
  const missing = new Set<ServiceName>();
  for (const name of names) {
    try {
      places[name] = stack.use(await services.open(name)).place;
    } catch (error) {
      if (!(error instanceof NoServiceError) || error.isRequired) throw error;
      missing.add(name);
    }
  }
  process.env[variable] = JSON.stringify(places);
  const opened = stack.move();
  return { missing, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** The place in a service, in a child whose work needs it. */
export function placeIn<Name extends ServiceName>(name: Name): PlaceOf<Name> {
  const places: Partial<Record<ServiceName, PlaceOf<Name>>> = JSON.parse(
    process.env[variable] ?? '{}',
  );
  const place = places[name];
  if (place === undefined) throw new Error(`A work that uses ${name} must say that it needs it.`);
  return place;
}
