/**
 * What there is to know about one kind of service: where it may come from, and how a test file gets a
 * place of its own in it.
 *
 * Each kind has a file, named in services.ts. Read next: find-service.ts, which decides.
 * @module
 */

/** A service that somebody has started and has to stop. */
export interface RunningService {
  /** What its client takes as it is: a URL, or a connection string where that is the custom. */
  readonly url: string;
  /** Stops it and removes what it kept. */
  stop(): Promise<void>;
}

/** A part of a service that one test file has to itself, so that files never see each other's data. */
export interface OwnPlace<Place> {
  /** How to get there; known before it exists. */
  readonly place: Place;
  make(): Promise<void>;
  /** Everything that the tests left in it goes as well. */
  remove(): Promise<void>;
}

/** Where one kind of service may come from. */
export interface ServiceSource {
  /** For people, such as `Redis`. */
  readonly title: string;
  /** The environment variable that names a service that is there already. */
  readonly urlVariable: string;
  /** The environment variable that names another image. */
  readonly imageVariable: string;
  /** The image that is started where no other is named. */
  readonly image: string;
  startContainer(image: string): Promise<RunningService>;
  /** Starts it without a container. It rejects with a reason that reads well after "since". */
  startLocally(): Promise<RunningService>;
}

/** One kind of service. */
export interface ServiceKind<Place extends { readonly url: string }> extends ServiceSource {
  /** @param name - unique; lower-case letters, digits and hyphens, at most 40. */
  ownPlace(url: string, name: string): OwnPlace<Place>;
}
