/**
 * Checking values with a schema of any library that speaks Standard Schema.
 * @see https://standardschema.dev
 * @module
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';

/**
 * What the schema makes of a value.
 *
 * @throws {TypeError} with every problem and its path.
 */
export async function validate<T>(
  schema: StandardSchemaV1<unknown, T> | undefined,
  value: unknown,
): Promise<T> {
  if (schema === undefined) return value as T;
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  throw new TypeError(result.issues.map(describeIssue).join('; '));
}

function describeIssue({ message, path = [] }: StandardSchemaV1.Issue): string {
  const steps = path.map((part) => {
    const key = typeof part === 'object' ? part.key : part;
    return typeof key === 'number' ? `[${key}]` : `.${String(key)}`;
  });
  return `value${steps.join('')}: ${message}`;
}
