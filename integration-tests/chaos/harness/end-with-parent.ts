/**
 * For programs that a {@link Crew} starts: they never outlive whoever started them.
 * @module
 */

/** Ends this process when its parent has gone. By itself this keeps no process alive. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit(1));
  process.channel?.unref();
}
