/**
 * Elements made in the page. What a run said becomes text here, and never markup.
 * @module
 */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string | undefined;

/**
 * Makes an element.
 *
 * @param attributes - undefined and false leave one out, true sets it to nothing.
 * @param children - strings become text.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  setAttributes(made, attributes);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** Sets or removes attributes, as `element` does. */
function setAttributes(target: Element, attributes: Attributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) target.removeAttribute(key);
    else target.setAttribute(key, value === true ? '' : String(value));
  }
}

/** An element of the page by its id. */
export function byId<Kind extends Element = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element "${id}".`);
  return found as Element as Kind;
}

const svg = 'http://www.w3.org/2000/svg';

/** The icon of a status; what it means has to stand next to it. */
export function statusIcon(status: string): SVGSVGElement {
  const icon = document.createElementNS(svg, 'svg');
  const use = document.createElementNS(svg, 'use');
  setAttributes(icon, {
    class: `status-icon ${status}`,
    width: 14,
    height: 14,
    'aria-hidden': 'true',
  });
  setAttributes(use, { href: `#status-${status}` });
  icon.append(use);
  return icon;
}
