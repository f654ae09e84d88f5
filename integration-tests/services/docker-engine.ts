/**
 * Whether there is a Docker engine, and whether it can start an image.
 * @module
 */
import type { ContainerRuntimeClient } from 'testcontainers';

/**
 * Makes sure that an image can be started.
 *
 * @throws {Error} with a reason that reads well after "since".
 */
export async function needImage(image: string): Promise<void> {
  const { ImageName } = await import('testcontainers');
  const engine = await engineThatAnswers();
  try {
    await engine.image.pull(ImageName.fromString(image));
  } catch (error) {
    throw new Error(`the image ${image} can neither be found nor pulled (${messageOf(error)})`);
  }
}

/** Asked once: without an engine, the answer takes its time. */
let engine: Promise<ContainerRuntimeClient> | undefined;

function engineThatAnswers(): Promise<ContainerRuntimeClient> {
  engine ??= import('testcontainers')
    .then(({ getContainerRuntimeClient }) => getContainerRuntimeClient())
    .catch((cause) => {
      throw new Error('no Docker engine answers', { cause });
    });
  return engine;
}

/** Without the engine's own prefix, `(HTTP code 500) server error - `. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^\(HTTP code \d+\) .*? - /, '').trim();
}
