/**
 * Somebody who begins on Monday, as the people department has written it down.
 * @module
 */

/** The departments that there are. */
export const departments = [
  'Engineering',
  'Finance',
  'Legal',
  'Marketing',
  'Operations',
  'People',
  'Sales',
  'Support',
] as const;

/** The products that licences are of. */
export const products = ['E3', 'E5'] as const;

export type Product = (typeof products)[number];

export interface Hire {
  /** The employee number, such as `E4001`: everybody has another one. */
  readonly number: string;
  readonly firstName: string;
  readonly lastName: string;
  /** What the account is to be called, such as `ada.lovelace@example.com`; mail arrives there too. */
  readonly account: string;
  readonly department: (typeof departments)[number];
  readonly manager: string;
  /** The licence that they are to have. */
  readonly licence: Product;
}

/** `Ada Lovelace` */
export function nameOf({ firstName, lastName }: Hire): string {
  return `${firstName} ${lastName}`;
}
