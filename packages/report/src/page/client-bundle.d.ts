/**
 * What `#client` gives: src/client as one script and one style sheet. In the workspace it is bundled
 * from the sources when it is first needed, in what is published it is a module with two strings.
 */
export interface ClientBundle {
  readonly script: string;
  readonly style: string;
}

export function clientBundle(): ClientBundle;
