/**
 * Reads one property of anything. Whatever was thrown at us may be a revoked proxy or an object whose
 * getters throw; looking at it must not throw a second time.
 *
 * @returns undefined when the value has no such property, or when reading it fails.
 */
export function readProperty(value: unknown, key: PropertyKey): unknown {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
    return undefined;
  }
  try {
    return (value as Record<PropertyKey, unknown>)[key];
  } catch {
    return undefined;
  }
}
