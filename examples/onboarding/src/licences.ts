/**
 * The licences that were bought: 150 for 200 hires.
 *
 * Invariant: a licence has one holder at a time, because its pool says so, on whichever database.
 * @module
 */
import { type Pool, pool } from '@runafter/claim';
import type { HrDatabase } from './database/hr-database.ts';
import { type Product, products } from './hire.ts';

/** How many there are of each. */
export const bought: Readonly<Record<Product, number>> = { E3: 120, E5: 30 };

/** A pool for each product. */
export type Licences = Readonly<Record<Product, Pool<string>>>;

/** The pools in a database; its first user puts the licences in. */
export function licencesIn({ pools, batch }: HrDatabase): Licences {
  const [E3, E5] = products.map((product) => {
    const ids = Array.from({ length: bought[product] }, (_, index) => `${product}-${index + 1}`);
    return pool(pools, `${batch}: ${product} licences`, ids);
  }) as [Pool<string>, Pool<string>];
  return { E3, E5 };
}
