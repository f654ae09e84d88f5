/**
 * Around all integration tests: opens the desk at which they get their services, and closes it.
 * @module
 */
import type { TestProject } from 'vitest/node';
import { openServiceDesk } from './service-desk.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask for a service. */
    serviceDesk: string;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const desk = await openServiceDesk((line) => console.log(line));
  provide('serviceDesk', desk.url);
  return () => desk.close();
}
